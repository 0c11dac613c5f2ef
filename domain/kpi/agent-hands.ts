/**
 * Who had a conversation, how it went from agent to agent, and the canned answers that they sent in it.
 *
 * An agent had a conversation to whom it was assigned, who handed it on, was given it, or has it at last. It stands in the
 * row of each of them, with what they did; in every other row it stands once, with all that happened. All of it stands where
 * the conversation began. What goes between the queue and an agent is no transfer.
 * A conversation that ended before this was told is in none of it: that nobody is known to have handed it on says nothing.
 *
 * Shapes  a transfer that was called off moved nothing: it is counted apart.
 */
import { isHandedOn } from "../chat/handovers.ts";
import { cannedGroup, type Counting, countIn, type Groupable, groupsOf, within } from "./counting.ts";
import type { ChatRow } from "./history.ts";
import type { Tally } from "./tally.ts";

type ToldChat = ChatRow & { handovers: NonNullable<ChatRow["handovers"]> };

/** Count the hands of the conversations that began in the span. */
export function countHands(counting: Counting): void {
  const others = counting.dimensions.filter((dimension) => dimension !== "agent" && dimension !== "canned");
  const elsewhere = { ...counting, dimensions: others };
  for (const { handovers, ...told } of counting.history.chats) {
    const at = told.startedAt;
    if (handovers === null || !within(counting, at)) continue;
    const chat = { ...told, handovers };
    const had = agentsOf(chat);
    if (had.size === 0 && chat.canned.length === 0) continue;
    const thing: Groupable = { at, chat, visit: counting.visitAt(chat.visitor, at) };
    countIn(elsewhere, thing, (tally) => addHands(tally, chat, had.size > 0, () => true));
    if (counting.dimensions.includes("agent")) countAgents(counting, chat, had);
    if (counting.dimensions.includes("canned")) countAnswers(counting, thing, chat, had.size > 0);
  }
}

/** Everybody who had `chat`. */
function agentsOf({ agent, handovers }: ToldChat): Set<string> {
  const had = new Set<string>();
  for (const { kind, from, to } of handovers) {
    if (kind === "taken_back") continue;
    if (from !== null) had.add(from);
    if (to !== null) had.add(to);
  }
  if (agent !== null) had.add(agent);
  return had;
}

/** What each agent did, and who only sent an answer, such as a colleague who was asked for advice. */
function countAgents(counting: Counting, chat: ToldChat, had: ReadonlySet<string>): void {
  const all = new Set([...had, ...chat.canned.map(({ agent }) => agent)]);
  for (const agent of all) {
    const tally = counting.tallyOf(chat.startedAt, "agent", agent);
    addHands(tally, chat, had.has(agent), (who) => who === agent);
  }
}

/** In the row of an answer and its agent, the uses are those of this answer by this agent. */
function countAnswers(counting: Counting, thing: Groupable, chat: ToldChat, wasHad: boolean): void {
  for (const group of groupsOf("canned", thing)) {
    const canned = chat.canned.filter((use) => cannedGroup(use) === group);
    const tally = counting.tallyOf(thing.at, "canned", group);
    addHands(tally, { ...chat, canned }, wasHad, () => true);
  }
}

function addHands(
  tally: Tally,
  { handovers, canned }: ToldChat,
  wasHad: boolean,
  isOwn: (agent: string | null) => boolean,
): void {
  const moves = handovers.filter(isHandedOn);
  const given = moves.filter(({ from }) => isOwn(from));
  const uses = canned.filter(({ agent }) => isOwn(agent));
  tally.chats_taken += wasHad ? 1 : 0;
  tally.chats_transferred += given.length > 0 ? 1 : 0;
  tally.transfers += given.length;
  tally.transfers_to_skill += given.filter(({ skill }) => skill !== null).length;
  tally.transfers_taken_over += given.filter(({ kind }) => kind === "taken_over").length;
  tally.transfers_received += moves.filter(({ to }) => isOwn(to)).length;
  tally.transfers_taken_back += handovers.filter(
    ({ kind, from }) => kind === "taken_back" && isOwn(from),
  ).length;
  tally.chats_with_canned += wasHad && uses.length > 0 ? 1 : 0;
  tally.canned_uses += uses.length;
  tally.canned_edited += uses.filter(({ edited }) => edited).length;
}
