/**
 * A visitor's conversation is opened inside the visitor's own object, so that it is opened once.
 */
import type { VisitorWorth } from "../desk/queue-points.ts";
import type { EpochMs } from "../ids.ts";
import { cartTotals } from "./commerce.ts";
import { isOver, type VisitorConversation, type VisitorState } from "./state.ts";

/** Within this span the same request id gets the same conversation. */
export const REPEAT_MS = 60_000;

export type ConversationRequest = {
  site: string;
  visitor: string;
  requestId: string | null;
  /** The id to use where a new conversation is opened. */
  conversation: string;
  /** What the caller has proven: the conversation that its token names, or the user that its identity token names. */
  proven: { conversation?: string | null; user?: string | null };
  /** A conversation that the caller found closed: it is not handed out again. */
  closed?: string | null;
  /** The decision from which the page says it comes; it counts where it is this visitor's. */
  decisionId?: string | null;
  now: EpochMs;
};

export type OpenedConversation = { conversation: string; created: boolean };

/** What this visit knows of the visitor that guides the conversation. */
export type Guidance = {
  /** The segments that held at some moment of the visit. */
  segments: string[];
  /** The campaign that invited the visitor. */
  campaign: string | null;
  /** Who had this visitor last. */
  lastAgent: string | null;
  /** One of the site's own: the conversation is no contact. */
  isStaff: boolean;
  /** When they were last asked what they thought of a conversation. */
  surveyedAt: EpochMs | null;
  worth: VisitorWorth;
};

export function guidanceOf(
  { visit: latest, idleMs, exposures, userId, lifetimeValue, lastAgent, staff, surveyedAt }: VisitorState,
  { decisionId, now }: Pick<ConversationRequest, "decisionId" | "now">,
): Guidance {
  const visit = latest === null || isOver(latest, idleMs, now) ? null : latest;
  return {
    segments: visit === null ? [] : visit.segments,
    campaign: exposures.find(({ id }) => id === decisionId)?.campaign ?? null,
    lastAgent: lastAgent ?? null,
    isStaff: staff !== undefined,
    surveyedAt: surveyedAt ?? null,
    worth: {
      identified: userId !== null,
      cart: visit === null ? 0 : cartTotals(visit.cart).value,
      lifetime: lifetimeValue,
    },
  };
}

/**
 * `state` with the conversation that `request` may have: the one that its token names, the open one where it is proven
 * otherwise, else a new one. A token's stands whatever was opened since by somebody who only knew the visitor's id.
 */
export function openConversation(
  state: VisitorState,
  request: ConversationRequest,
): OpenedConversation & { state: VisitorState } {
  const { closed, now, proven } = request;
  const open = state.conversation;
  const named = proven.conversation ?? null;
  if (named !== null && named !== closed) {
    const present = open?.id === named ? open : { id: named, requestId: "", at: now };
    return { state: withConversation(state, present, proven.user), conversation: named, created: false };
  }
  if (open !== null && open.id !== closed && mayHave(open, request)) {
    return { state, conversation: open.id, created: false };
  }
  const made = { id: request.conversation, requestId: request.requestId ?? "", at: now };
  const known = proven.user ? { ...state, userId: proven.user } : state;
  return { state: withConversation(known, made, proven.user), conversation: made.id, created: true };
}

/** A conversation's end, as its room tells it: who had it, and when its visitor was asked what they thought, if at all. */
export type Ended = { conversation: string; agent?: string | null; surveyedAt?: EpochMs | null };

/** `state` after a conversation that somebody had, or nobody, has ended: the next one is new. Heard twice, it is the same. */
export function endConversation(state: VisitorState, ended: Ended): VisitorState {
  const { conversation, agent = null, surveyedAt = null } = ended;
  const known = agent === null || agent === state.lastAgent ? state : { ...state, lastAgent: agent };
  const isLater = surveyedAt !== null && surveyedAt > (state.surveyedAt ?? -Infinity);
  const asked = isLater ? { ...known, surveyedAt } : known;
  return state.conversation?.id === conversation ? { ...asked, conversation: null } : asked;
}

/** `state` with `present` as its conversation, which stays with the first user who has proven it to be theirs. */
function withConversation(
  state: VisitorState,
  present: VisitorConversation,
  user: string | null = null,
): VisitorState {
  const owner = present.user ?? user;
  if (state.conversation === present && owner === (present.user ?? null)) return state;
  return { ...state, conversation: { ...present, user: owner } };
}

function mayHave(open: VisitorConversation, { proven, requestId, now }: ConversationRequest): boolean {
  if (proven.user && proven.user === open.user) return true;
  return requestId !== null && requestId !== "" && requestId === open.requestId && now - open.at <= REPEAT_MS;
}
