/**
 * A visitor's conversation is opened inside the visitor's own object, so that it is opened once.
 */
import type { EpochMs } from "../ids.ts";
import type { VisitorState } from "./state.ts";

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
  now: EpochMs;
};

export type OpenedConversation = { conversation: string; created: boolean };

/** `state` with the conversation that `request` may have: the open one where it is proven, else a new one. */
export function openConversation(
  state: VisitorState,
  request: ConversationRequest,
): OpenedConversation & { state: VisitorState } {
  const open = state.conversation;
  if (open !== null && open.id !== request.closed && mayHave(state, open, request)) {
    return { state, conversation: open.id, created: false };
  }
  const { conversation: id, requestId, now } = request;
  const known = request.proven.user ? { ...state, userId: request.proven.user } : state;
  return {
    state: { ...known, conversation: { id, requestId: requestId ?? "", at: now } },
    conversation: id,
    created: true,
  };
}

function mayHave(
  state: VisitorState,
  open: NonNullable<VisitorState["conversation"]>,
  { proven, requestId, now }: ConversationRequest,
): boolean {
  if (proven.conversation === open.id) return true;
  if (proven.user && proven.user === state.userId) return true;
  return requestId !== null && requestId !== "" && requestId === open.requestId && now - open.at <= REPEAT_MS;
}
