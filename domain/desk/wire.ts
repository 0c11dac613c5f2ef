/**
 * The desk on the wire: what an agent's console and the site's desk say to each other (`contract.md` §4).
 *
 * Shapes  `DeskClientFrame` from the console, `DeskServerFrame` to it. The socket begins with `snapshot`.
 * Units   times are ISO 8601 UTC, waits are seconds.
 */
import * as z from "zod/mini";

export const AgentState = z.enum(["online", "away", "offline"]);
export type AgentState = z.infer<typeof AgentState>;

const id = z.string().check(z.maxLength(200));

export const DeskClientFrame = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("status"),
    state: AgentState,
    capacity: z.optional(z.int().check(z.gte(1), z.lte(20))),
  }),
  z.object({ type: z.literal("accept"), conversation: id }),
  z.object({ type: z.literal("decline"), conversation: id }),
  z.object({
    type: z.literal("transfer"),
    conversation: id,
    to_agent: z.optional(id),
    to_skill: z.optional(id),
    note: z.optional(z.string().check(z.maxLength(2_000))),
  }),
  z.looseObject({
    type: z.literal("wrap_up"),
    conversation: id,
    outcome: z.string().check(z.maxLength(80)),
  }),
]);
export type DeskClientFrame = z.infer<typeof DeskClientFrame>;

/** A conversation as the queue and the agents' lists show it. */
export const DeskConversation = z.object({
  conversation: z.string(),
  visitor: z.string(),
  name: z.nullable(z.string()),
  /** Proven by the site's signature or an API key; anything else is shown as unverified. */
  verified: z.boolean(),
  preview: z.nullable(z.string()),
  page: z.nullable(z.string()),
  place: z.nullable(z.string()),
  skill: z.nullable(z.string()),
  decision_id: z.nullable(z.string()),
  locale: z.nullable(z.string()),
  waiting_since: z.string(),
  status: z.enum(["queued", "offered", "assigned"]),
  agent: z.nullable(z.object({ id: z.string(), name: z.nullable(z.string()) })),
});
export type DeskConversation = z.infer<typeof DeskConversation>;

export const DeskAgent = z.object({
  id: z.string(),
  name: z.string(),
  state: AgentState,
  capacity: z.int(),
  load: z.number(),
});
export type DeskAgent = z.infer<typeof DeskAgent>;

export const DeskServerFrame = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("snapshot"),
    me: DeskAgent,
    agents: z.array(DeskAgent),
    queue: z.array(DeskConversation),
    mine: z.array(DeskConversation),
    wait_target_seconds: z.int(),
    at: z.string(),
  }),
  z.object({
    type: z.literal("offered"),
    conversation: z.string(),
    item: DeskConversation,
    expires_at: z.string(),
  }),
  z.object({ type: z.literal("assigned"), conversation: z.string(), item: DeskConversation }),
  z.object({ type: z.literal("revoked"), conversation: z.string(), reason: z.string() }),
  /** The whole queue and everybody's presence, after each change. */
  z.object({
    type: z.literal("queue"),
    items: z.array(DeskConversation),
    agents: z.array(DeskAgent),
  }),
  /** Where the visitors of this agent's conversations are now. */
  z.object({
    type: z.literal("visitors"),
    items: z.array(
      z.object({
        visitor: z.string(),
        conversation: z.nullable(z.string()),
        page: z.nullable(z.string()),
        title: z.nullable(z.string()),
        at: z.string(),
      }),
    ),
  }),
  z.object({ type: z.literal("error"), code: z.string(), message: z.string() }),
]);
export type DeskServerFrame = z.infer<typeof DeskServerFrame>;

/** What the ingest path and the widget need to know of a desk; isolates keep it for seconds. */
export type DeskStatus = {
  /** The published configuration's version, or 0 before the first publication. */
  version: number;
  /** At least one agent accepts conversations and has a free place that nobody holds. */
  covered: boolean;
  /** At least one agent accepts conversations, free or not. */
  staffed: boolean;
  free_slots: number;
  waiting: number;
  wait_seconds: number | null;
  skills: Record<string, number>;
};
