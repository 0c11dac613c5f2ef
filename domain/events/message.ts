/**
 * A message of Segment's HTTP tracking API as it arrives, and what makes one unacceptable.
 *
 * Unknown keys are ignored and unknown events accepted; what is read here must be well formed.
 *
 * Shapes  `readMessage` returns the checked message, or why it is refused with the path of the fault.
 */
import * as z from "zod";
import {
  MAX_DEPTH,
  MAX_ID,
  MAX_LOCALE,
  MAX_NAME,
  MAX_PAGE_TEXT,
  MAX_TOKEN,
  MAX_VIEW_ID,
  TYPES,
} from "./message-limits.ts";
import { readWellFormed } from "./message-reader.ts";

export { MAX_BODY_BYTES, MAX_DEPTH, MAX_MESSAGE_BYTES } from "./message-limits.ts";

const identity = z
  .union([z.string(), z.number()])
  .transform(String)
  .pipe(z.string().trim().min(1).max(MAX_ID));
const json = z.record(z.string(), z.json());
const moment = z
  .string()
  .transform((text) => Date.parse(text))
  .refine((at) => Number.isFinite(at), "a date such as 2026-11-22T09:12:00.000Z");

/** The context is what a browser adds by itself: what of it is too long is cut, what makes no sense is as if absent. */
const cut = (length: number) =>
  z
    .string()
    .transform((text) => text.slice(0, length))
    .nullish()
    .catch(null);
const page = z.looseObject({
  url: cut(MAX_PAGE_TEXT),
  path: cut(MAX_PAGE_TEXT),
  title: cut(MAX_PAGE_TEXT),
  referrer: cut(MAX_PAGE_TEXT),
  status: z.number().nullish().catch(null),
  view_id: cut(MAX_VIEW_ID),
});

const context = z.looseObject({
  page: page.nullish().catch(null),
  userAgent: cut(MAX_PAGE_TEXT),
  locale: z.string().max(MAX_LOCALE).nullish().catch(null),
  identity_token: z.string().max(MAX_TOKEN).nullish().catch(null),
  traits: json.nullish().catch(null),
  /** The event stands in GA4's words, as a page pushed it. */
  ga4: z.boolean().nullish().catch(null),
  // Consent is no detail: a form of it that cannot be read is refused, never taken for a yes.
  consent: z
    .looseObject({
      status: z.enum(["granted", "denied"]).nullish(),
      categoryPreferences: z.record(z.string(), z.boolean()).nullish(),
    })
    .nullish(),
});

export const Message = z
  .looseObject({
    type: z.enum(TYPES),
    messageId: z.string().min(1).max(MAX_ID).nullish(),
    anonymousId: identity.nullish(),
    userId: identity.nullish(),
    event: z.string().trim().min(1).max(MAX_ID).nullish(),
    name: z.string().max(MAX_NAME).nullish(),
    properties: json.nullish(),
    traits: json.nullish(),
    context: context.nullish(),
    timestamp: moment.nullish(),
    originalTimestamp: moment.nullish(),
    sentAt: moment.nullish(),
  })
  .check((payload) => {
    const { type, event, anonymousId, userId } = payload.value;
    if (type === "track" && (event === null || event === undefined)) {
      payload.issues.push({
        code: "custom",
        input: event,
        path: ["event"],
        message: "a track message names its event",
      });
    }
    if (!anonymousId && !userId) {
      payload.issues.push({
        code: "custom",
        input: anonymousId,
        path: ["anonymousId"],
        message: "a message needs an anonymousId or a userId",
      });
    }
  });
export type Message = z.infer<typeof Message>;
export type MessageType = Message["type"];

export type Fault = { code: string; message: string; path: string };
export type Read = { ok: true; message: Message } | { ok: false; fault: Fault; messageId: string | null };

/** Whether `value` nests deeper than `levels`; looks no deeper than that. */
export function nestsDeeper(value: unknown, levels = MAX_DEPTH): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => nestsDeeper(inner, levels - 1));
}

/** The message in `raw`, or why it is refused. `type` is the route's where the body names none. */
export function readMessage(raw: unknown, type: MessageType | null): Read {
  const body = typeof raw === "object" && raw !== null && !Array.isArray(raw) ? raw : null;
  if (body === null) {
    return refuse(null, { code: "invalid", message: "a message is a JSON object", path: "" });
  }
  const named = type === null ? body : { ...body, type };
  const message = readWellFormed(named);
  if (message !== null) return { ok: true, message };
  const parsed = Message.safeParse(named);
  if (parsed.success) return { ok: true, message: parsed.data };
  const issue = parsed.error.issues[0];
  const path = (issue?.path ?? []).map(String).join(".");
  return refuse(messageIdOf(body), { code: "invalid", message: issue?.message ?? "not a message", path });
}

/** The `messageId` that `raw` names, well formed or not. */
export function messageIdOf(raw: unknown): string | null {
  const named = typeof raw === "object" && raw !== null && "messageId" in raw ? raw.messageId : null;
  return typeof named === "string" ? named : null;
}

function refuse(messageId: string | null, fault: Fault): Read {
  return { ok: false, fault, messageId };
}
