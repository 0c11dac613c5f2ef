/**
 * The conversation on the wire: every frame of `contract.md` §4 in both directions, and nothing else.
 *
 * Shapes  `ClientFrame` is what a visitor or an agent sends, `ServerFrame` what a room answers.
 * Units   `seq` counts 1, 2, 3 … per conversation; `at` is ISO 8601 UTC; lengths are UTF-8 bytes.
 * Errors  `decode` returns null for anything that is not a frame; nothing throws.
 */
import * as z from "zod/mini";

export const PROTOCOL_VERSION = 1;
/**
 * What a room speaks: its own version and, for the pages that still run older code, the one before. Within a version
 * frames only gain fields, which older readers pass over.
 */
export const SPOKEN_VERSIONS: readonly number[] = [PROTOCOL_VERSION];
export const MAX_TEXT_BYTES = 8 * 1_024;
export const MAX_FRAME_BYTES = 64 * 1_024;
export const FRAMES_PER_MINUTE = 120;
export const HELLO_WITHIN_MS = 5_000;
export const MAX_REPLAY = 1_000;
export const MAX_TOKEN_LENGTH = 4_096;
export const MAX_EPOCH_LENGTH = 64;

/** 4000–4099 come back and resume, 4100–4199 authenticate again, 4200 and up final. */
export const CLOSE = {
  goingAway: 4000,
  slowReader: 4008,
  tooManyFrames: 4029,
  /** Another socket of the same person has taken this one's place. */
  crowdedOut: 4030,
  helloMissing: 4100,
  unauthorized: 4101,
  revoked: 4100,
  version: 4200,
  tooLarge: 4209,
  gone: 4210,
} as const;

export const ERROR_CODES = [
  "bad_frame",
  "too_large",
  "rate_limited",
  "unauthorized",
  "forbidden",
  "not_found",
  "conflict",
  "closed",
  "version",
  "unavailable",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

const seq = z.int().check(z.gte(0));
const role = z.enum(["visitor", "agent", "bot", "system"]);
const kind = z.enum(["text", "note", "card", "file"]);
const status = z.enum(["queued", "open", "closed"]);

/** A canned answer's id is at most so long. */
export const MAX_CANNED_ID_LENGTH = 64;
export const CANNED_ID = /^[\w-]+$/;

/** The canned answer that an agent's message began from, and whether they changed it before they sent it. */
const CannedUse = z.object({
  id: z.string().check(z.maxLength(MAX_CANNED_ID_LENGTH), z.regex(CANNED_ID)),
  edited: z._default(z.boolean(), false),
});
export type CannedUse = z.infer<typeof CannedUse>;

export const ClientFrame = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("hello"),
    v: z.int(),
    token: z.string().check(z.maxLength(MAX_TOKEN_LENGTH)),
    epoch: z._default(z.nullable(z.string().check(z.maxLength(MAX_EPOCH_LENGTH))), null),
    after: z._default(seq, 0),
    /** The client says how far it has come, by asking for the range after it, every 20 events or 5 s. */
    acks: z.optional(z.boolean()),
  }),
  z.object({
    type: z.literal("message"),
    client_id: z.uuid(),
    body: z.string(),
    kind: z._default(kind, "text"),
    /** Heard from agents alone. */
    canned: z.optional(CannedUse),
  }),
  z.object({ type: z.literal("typing"), on: z.boolean() }),
  z.object({ type: z.literal("read"), seq }),
  z.object({ type: z.literal("range"), from: seq, to: seq }),
  z.object({ type: z.literal("close") }),
]);
export type ClientFrame = z.infer<typeof ClientFrame>;
export type Hello = Extract<ClientFrame, { type: "hello" }>;

export const Author = z.object({ role, id: z.string(), name: z.nullable(z.string()) });
export type Author = z.infer<typeof Author>;
export type Role = Author["role"];
export type MessageKind = z.infer<typeof kind>;
export type RoomStatus = z.infer<typeof status>;

export const ConversationSummary = z.object({
  id: z.string(),
  status,
  created_at: z.string(),
  agent: z.nullable(z.object({ id: z.string(), name: z.nullable(z.string()) })),
});
export type ConversationSummary = z.infer<typeof ConversationSummary>;

export const MessageFrame = z.object({
  type: z.literal("message"),
  seq,
  at: z.string(),
  from: Author,
  kind,
  body: z.string(),
  client_id: z.nullable(z.string()),
  /** An agent's text as safe HTML, rendered once by the server where its Markdown says more than plain text. */
  html: z.optional(z.string()),
  /** Never told to visitors. */
  canned: z.optional(CannedUse),
});
export type MessageFrame = z.infer<typeof MessageFrame>;

/** A state change in the same log: assigned, transferred, closed, hidden …, with fields of its own. */
export const EventFrame = z.looseObject({ type: z.literal("event"), seq, at: z.string(), name: z.string() });
export type EventFrame = z.infer<typeof EventFrame>;

export const ServerFrame = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("welcome"),
    v: z.int(),
    epoch: z.string(),
    head: seq,
    conversation: ConversationSummary,
    participants: z.array(Author),
  }),
  z.object({ type: z.literal("reset"), epoch: z.string(), head: seq, from: seq }),
  z.object({ type: z.literal("ack"), client_id: z.string(), seq, at: z.string() }),
  MessageFrame,
  EventFrame,
  z.object({ type: z.literal("typing"), from: Author, on: z.boolean() }),
  z.object({ type: z.literal("read"), from: Author, seq }),
  z.object({
    type: z.literal("state"),
    status,
    position: z.nullable(z.int()),
    wait_seconds: z.nullable(z.number()),
    /** The log's last `seq` when this was said. */
    head: z.optional(seq),
  }),
  z.object({
    type: z.literal("error"),
    code: z.enum(ERROR_CODES),
    message: z.string(),
    client_id: z.nullable(z.string()),
  }),
]);
export type ServerFrame = z.infer<typeof ServerFrame>;

/** The frame in `text`, or null where it is not JSON or not a frame of `schema`. */
export function decode<T extends z.ZodMiniType>(schema: T, text: string): z.infer<T> | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  const result = schema.safeParse(parsed);
  return result.success ? result.data : null;
}
