/**
 * What visitors left for later, as the API lists it: messages by e-mail and calls that they booked.
 *
 * Pure. Shapes  moments are ISO 8601 UTC. Errors  the readers throw where the answer is none.
 */
import * as z from "zod/mini";
import type { EpochMs } from "../../../domain/ids.ts";
import type { Page } from "../live/pages.ts";

const person = z.nullable(z.object({ id: z.string(), name: z.nullable(z.string()) }));
const text = z.nullable(z.string());

export const MESSAGE_OUTCOMES = ["answered", "dismissed"] as const;
const LeftMessage = z.object({
  id: z.string(),
  at: z.string(),
  email: z.string(),
  name: text,
  body: z.string(),
  page: text,
  files: z._default(z.array(z.object({ id: z.string(), name: z.string(), bytes: z.number() })), []),
  reference: z._default(z.string(), ""),
  outcome: z._default(z.nullable(z.enum(MESSAGE_OUTCOMES)), null),
  concluded_at: z._default(text, null),
  concluded_by: z._default(person, null),
});
export type LeftMessage = z.infer<typeof LeftMessage>;

export const CALL_OUTCOMES = ["reached", "not_reached", "voicemail"] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];
const Call = z.object({
  id: z.string(),
  reference: z.string(),
  slot: z.string(),
  ends_at: z.string(),
  phone: z.string(),
  phone_shown: z.string(),
  name: text,
  topic: text,
  locale: z.string(),
  page: text,
  status: z.enum(["booked", "claimed", "done", "cancelled"]),
  agent: person,
  outcome: z.nullable(z.enum(CALL_OUTCOMES)),
  note: text,
  concluded_at: text,
});
export type Call = z.infer<typeof Call>;

export const readLeftMessage = (answer: unknown): LeftMessage => LeftMessage.parse(answer);
export const readCall = (answer: unknown): Call => Call.parse(answer);
export const readLeftMessages = (answer: unknown): Page<LeftMessage> => pageOf(LeftMessage, answer);
export const readCalls = (answer: unknown): Page<Call> => pageOf(Call, answer);

/** When the visitor expects the call: later, now within the time booked, or it should have been made. */
export function dueOf(call: Pick<Call, "slot" | "ends_at">, now: EpochMs): "later" | "now" | "late" {
  if (now < Date.parse(call.slot)) return "later";
  return now < Date.parse(call.ends_at) ? "now" : "late";
}

function pageOf<T extends z.ZodMiniType>(item: T, answer: unknown): Page<z.infer<T>> {
  const page = z.object({ items: z.array(item), next_cursor: z.nullish(z.string()) }).parse(answer);
  return { items: page.items, next: page.next_cursor ?? null };
}
