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
    /** Keys of the site's wrap-up codes. */
    codes: z.optional(z.array(z.string().check(z.maxLength(64))).check(z.maxLength(10))),
    note: z.optional(z.string().check(z.maxLength(2_000))),
    /** The visitor is to be asked what they thought: heard where the site leaves that to its agents. */
    ask: z.optional(z.boolean()),
  }),
  /** The agent is busy elsewhere for it, and says so: it takes no place meanwhile. */
  z.object({ type: z.literal("hold"), conversation: id, on: z.boolean() }),
  /** Ask a colleague to look on; they talk in notes, and the conversation stays where it is. */
  z.object({
    type: z.literal("consult"),
    conversation: id,
    to_agent: id,
    note: z.optional(z.string().check(z.maxLength(2_000))),
  }),
  /** The agent who was asked to look on is done. */
  z.object({ type: z.literal("consult_done"), conversation: id }),
  /** Supervisors only: give what waits to an agent, take what an agent has, end it. */
  z.object({ type: z.literal("assign"), conversation: id, to_agent: id }),
  z.object({ type: z.literal("take_over"), conversation: id }),
  z.object({ type: z.literal("close"), conversation: id }),
  /** The list of visitors on the site is open on this screen. */
  z.object({ type: z.literal("watch_visitors"), on: z.boolean() }),
  z.object({
    type: z.literal("invite"),
    visitor: id,
    text: z.optional(z.string().check(z.maxLength(500))),
  }),
]);
export type DeskClientFrame = z.infer<typeof DeskClientFrame>;
/** What concerns the visitors on the site rather than the conversations of the desk. */
export type LiveFrame = Extract<DeskClientFrame, { type: "watch_visitors" | "invite" }>;
export type AgentFrame = Exclude<DeskClientFrame, LiveFrame>;

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
  /** Of an offer: the colleague who has it and hands it over, and what they say of it. */
  handed_over: z.optional(z.object({ from: z.nullable(z.string()), note: z.nullable(z.string()) })),
  /** Whose turn it is to speak, or that the agent has put it on hold. */
  turn: z.optional(z.enum(["agent", "visitor", "hold"])),
  /** How much of a place it takes: 1, 0.3 while the visitor thinks, 0 on hold. */
  weight: z.optional(z.number()),
  /** The higher goes first in the queue. */
  priority: z.optional(z.int()),
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

/** A visitor who is on the site now, as the live list shows them. */
export const LiveVisitor = z.object({
  visitor: z.string(),
  /** Proven by the site, or null: a claim is not shown here. */
  name: z.nullable(z.string()),
  page: z.nullable(z.string()),
  title: z.nullable(z.string()),
  since: z.string(),
  seen_at: z.string(),
  pages: z.int(),
  visits: z.int(),
  cart_value: z.nullable(z.number()),
  currency: z.nullable(z.string()),
  country: z.nullable(z.string()),
  city: z.nullable(z.string()),
  channel: z.nullable(z.string()),
  device: z.nullable(z.string()),
  conversation: z.nullable(z.string()),
  /** The last invitation that an agent sent to this visit, and what became of it. */
  invitation: z.nullable(
    z.object({
      agent: z.nullable(z.string()),
      state: z.enum(["sent", "shown", "accepted", "declined", "ignored"]),
    }),
  ),
  /** Why they cannot be invited now (an offer is open, declined lately, in a conversation …); null: they can. */
  not_now: z.nullable(z.string()),
});
export type LiveVisitor = z.infer<typeof LiveVisitor>;

/** What a colleague asks an agent to look at, by whom and why. */
export const DeskConsult = z.object({
  item: DeskConversation,
  from: z.object({ id: z.string(), name: z.nullable(z.string()) }),
  note: z.nullable(z.string()),
});
export type DeskConsult = z.infer<typeof DeskConsult>;

export const DeskServerFrame = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("snapshot"),
    me: DeskAgent,
    agents: z.array(DeskAgent),
    queue: z.array(DeskConversation),
    mine: z.array(DeskConversation),
    wait_target_seconds: z.int(),
    at: z.string(),
    /** The number of the picture that `queue` and `queue_changed` frames go on from. */
    n: z.optional(z.int()),
    role: z.optional(z.enum(["admin", "agent"])),
    /** How many wait in all; `queue` shows the first of them. */
    waiting: z.optional(z.int()),
    /** For supervisors: what other agents have. */
    others: z.optional(z.array(DeskConversation)),
    /** What colleagues have asked this agent to look at, and is not over. */
    consults: z.optional(z.array(DeskConsult)),
  }),
  z.object({
    type: z.literal("offered"),
    conversation: z.string(),
    item: DeskConversation,
    expires_at: z.string(),
  }),
  z.object({ type: z.literal("assigned"), conversation: z.string(), item: DeskConversation }),
  z.object({ type: z.literal("revoked"), conversation: z.string(), reason: z.string() }),
  /** The first of the queue and everybody's presence, whole, some moments after each change. */
  z.object({
    type: z.literal("queue"),
    items: z.array(DeskConversation),
    agents: z.array(DeskAgent),
    waiting: z.optional(z.int()),
    others: z.optional(z.array(DeskConversation)),
    n: z.optional(z.int()),
  }),
  /**
   * The same at a desk where all of it is too much to say again: what is new or has changed since the picture
   * `n - 1`, and what has left it. A console that has another picture connects anew.
   */
  z.object({
    type: z.literal("queue_changed"),
    n: z.int(),
    waiting: z.int(),
    items: z.array(DeskConversation),
    gone: z.array(z.string()),
    agents: z.array(DeskAgent),
    agents_gone: z.array(z.string()),
    others: z.optional(z.array(DeskConversation)),
    others_gone: z.optional(z.array(z.string())),
  }),
  /** A colleague asks for a look at their conversation. */
  z.object({ type: z.literal("consulted"), conversation: z.string(), ...DeskConsult.shape }),
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
    /** Where the live list is open: who is new or has moved since, and who has left. */
    live: z.optional(z.array(LiveVisitor)),
    left: z.optional(z.array(z.string())),
    /** How many are on the site; the list shows the busiest of them. */
    total: z.optional(z.int()),
  }),
  /** What became of an invitation that an agent sent. */
  z.object({
    type: z.literal("invited"),
    visitor: z.string(),
    ok: z.boolean(),
    reason: z.nullable(z.string()),
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
  /** Places free for each skill that somebody who accepts names. */
  skills: Record<string, number>;
  /** For each other skill that the site's agents have: the places of those who serve every skill. Desks of before say none. */
  absent_skills?: Record<string, number>;
  /** Somebody has the list of live visitors open: visits are told to the desk, and quiet pages ask again. */
  watched: boolean;
};
