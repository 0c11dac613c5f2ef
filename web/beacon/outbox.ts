/**
 * Messages on their way out: sent together, one request at a time, and kept until they are acknowledged.
 *
 * What happens in one task leaves in one batch; what happens while a batch is under way waits for its answer, so
 * answers come in order. What is not acknowledged when the page goes is handed to the browser (`sendBeacon`) and, with
 * consent, found again by the next page of this tab, under the same message ids: the server counts it once.
 */
import type { Decision } from "../../domain/targeting/decision.ts";
import { consent, kept, unsure, visitor } from "./identity.ts";
import { answers, guard, host, key, prefix, session } from "./site.ts";

export type Answer = { decisions: Decision[]; wake_after_ms: number | null };
export type Message = { anonymousId?: string; context: Record<string, unknown>; [key: string]: unknown };

const NAME = `${prefix}:outbox`;
const BATCH_URL = `${host}/v1/batch`;
/** So many messages of the largest allowed size are within the server's limit of bytes. */
const BATCH = 15;
const FIRST_RETRY_MS = 2e3;
const LONGEST_RETRY_MS = 6e4;
/** How long messages wait for a consent banner that was not heard yet. */
const PATIENCE_MS = 500;

const waiting: Message[] = [];
let failures = 0;
let timer: unknown;
/** Whether any of them is to be sent now, and not only with the next that is. */
let due: unknown;
let whenAnswered: (answer: Answer) => void;

/** Settle who the waiting messages are from: the last word on it falls when they are sent. */
export function seal(): void {
  for (const message of waiting) {
    if (!message.anonymousId) {
      message.anonymousId = visitor;
      message.context["consent"] = { status: consent() };
    }
  }
}

/** The messages of the next request. */
function nextBatch(): Message[] {
  seal();
  return waiting.slice(0, BATCH);
}

const bodyOf = (batch: Message[]): string => JSON.stringify({ writeKey: key, sentAt: new Date(), batch });

/** `later`: with the next that is sent, or when the page goes. */
export function add(message: Message, later?: boolean): Message {
  waiting.push(message);
  if (!later) {
    due = message;
    timer ||= setTimeout(send, unsure && !kept ? PATIENCE_MS : 0);
  }
  return message;
}

async function send(): Promise<void> {
  const batch = nextBatch();
  due = waiting[BATCH];
  let delayMs = 0;
  try {
    const response = await fetch(`${BATCH_URL}?decide=1`, {
      // A browser refuses to carry more than 64 KiB beyond the page; what failed for that goes without.
      keepalive: !failures,
      method: "POST",
      body: bodyOf(batch),
    });
    if (response.ok) {
      const answer: Answer = await response.json();
      answers[0] = response;
      guard(() => whenAnswered(answer));
      // A refusal for good is an answer too: the same again would be refused again.
    } else if (response.status > 499 || response.status === 429) throw response;
    failures = 0;
    waiting.splice(0, batch.length);
  } catch {
    // No network, or no answer of ours: the messages stay and go again.
    delayMs = Math.min(FIRST_RETRY_MS * 2 ** failures++, LONGEST_RETRY_MS) * Math.random();
  }
  timer = (due || delayMs) && setTimeout(send, delayMs);
}

/** The page goes: the browser takes what is not acknowledged, and the next page looks whether that worked. */
export function leave(): void {
  if (waiting[0]) navigator.sendBeacon(BATCH_URL, bodyOf(nextBatch()));
  if (kept) session[NAME] = JSON.stringify(waiting);
}

/** Begin, with what the page before could not get acknowledged. */
export function start(onAnswer: typeof whenAnswered): void {
  whenAnswered = onAnswer;
  if (kept) guard(() => waiting.push(...JSON.parse(session[NAME] ?? "[]")));
  delete session[NAME];
}
