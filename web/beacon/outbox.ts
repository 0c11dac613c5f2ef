/**
 * Messages on their way out: sent together, one request at a time, and kept until they are acknowledged.
 *
 * What happens in one task leaves in one batch; what happens while a batch is under way waits for its answer, so
 * answers come in order. What is not acknowledged when the page goes is handed to the browser (`sendBeacon`) and, with
 * consent, found again by the next page of this tab, under the same message ids: the server counts it once.
 */
import type { Decision } from "../../domain/targeting/decision.ts";
import { consent, kept, visitor } from "./identity.ts";
import { guard, host, key, prefix, session } from "./site.ts";

export type Answer = { decisions: Decision[]; wake_after_ms: number | null };
export type Message = { anonymousId?: string; context: Record<string, unknown>; [key: string]: unknown };

const NAME = `${prefix}:outbox`;
const BATCH_URL = `${host}/v1/batch`;
/** So many messages of the largest allowed size are within the server's limit of bytes. */
const BATCH = 15;
const FIRST_RETRY_MS = 2e3;
const LONGEST_RETRY_MS = 6e4;

let waiting: Message[] = [];
let failures = 0;
let timer: unknown;
let whenAnswered: (answer: Answer, siteDefault: string | null) => void;

/** Settle who the waiting messages are from: the last word on it falls when they are sent. */
export function seal(): void {
  for (const message of waiting) {
    if (!message.anonymousId) {
      message.anonymousId = visitor;
      message.context["consent"] = { status: consent() };
    }
  }
}

/** The body of the next request. */
function nextBody(): string {
  seal();
  return JSON.stringify({ writeKey: key, sentAt: new Date(), batch: waiting.slice(0, BATCH) });
}

export function add(message: Message): void {
  waiting.push(message);
  timer ??= setTimeout(send);
}

async function send(): Promise<void> {
  const body = nextBody();
  const count = Math.min(waiting.length, BATCH);
  let response: Response | undefined;
  let answer: Answer | false = false;
  try {
    response = await fetch(`${BATCH_URL}?decide=1`, {
      method: "POST",
      body,
      // A browser refuses to carry more than 64 KiB beyond the page; what failed for that goes without.
      keepalive: !failures,
    });
    answer = response.ok && (await response.json());
  } catch {
    // No network, or no answer of ours: the messages stay and go again.
  }

  let delayMs = 0;
  // A refusal for good is an answer too: the same again would be refused again.
  if (answer || /^4(?!29)/.test(`${response?.status}`)) {
    failures = 0;
    waiting = waiting.slice(count);
    guard(() => answer && whenAnswered(answer, response!.headers.get("aparte-consent")));
  } else delayMs = Math.min(FIRST_RETRY_MS * 2 ** failures++, LONGEST_RETRY_MS) * Math.random();
  timer = waiting[0] && setTimeout(send, delayMs);
}

/** The page goes: the browser takes what is not acknowledged, and the next page looks whether that worked. */
export function leave(): void {
  if (waiting[0]) navigator.sendBeacon(BATCH_URL, nextBody());
  if (kept) session[NAME] = JSON.stringify(waiting);
}

/** Begin, with what the page before could not get acknowledged. */
export function start(onAnswer: typeof whenAnswered): void {
  whenAnswered = onAnswer;
  if (kept) guard(() => waiting.push(...JSON.parse(session[NAME] ?? "[]")));
  delete session[NAME];
}
