/**
 * What the chats of a campaign are credited with: attributed, not incremental. The KPIs' own rule (`domain/kpi/orders.ts`):
 * an order is credited to the first answered chat of the same person whose window holds it, from the visitor's first message
 * to some time after the end of that visit, whichever campaign it came of or none.
 *
 * Shapes  `Credits` is by the decision that a chat came of; chats that came of none take their part and are not in it.
 * Units   moments are `EpochMs`; money in hundredths.
 */
import type { EpochMs } from "../ids.ts";
import { answeredChats, creditedChats, type Done } from "../kpi/orders.ts";
import { type ChatRow, EMPTY_HISTORY, type KpiHistory, type VisitRow } from "../kpi/history.ts";

/** An order that a chat is credited with. */
export type Credit = { at: EpochMs; cents: number };
export type Credits = ReadonlyMap<string, readonly Credit[]>;

export type AnsweredTalk = Pick<
  ChatRow,
  "id" | "visitor" | "decision" | "startedAt" | "answeredAt" | "closedAt"
>;
export type TalkVisit = Pick<VisitRow, "id" | "visitor" | "startedAt" | "endedAt">;

export function creditsOf(
  {
    chats,
    visits,
    persons,
  }: {
    chats: readonly AnsweredTalk[];
    visits: readonly TalkVisit[];
    persons: KpiHistory["persons"];
  },
  done: readonly (Done & { cents: number })[],
  attributionMs: number,
): Credits {
  const history: KpiHistory = {
    ...EMPTY_HISTORY,
    persons,
    chats: chats.map((chat) => ({ ...UNTOLD_CHAT, ...chat })),
    visits: visits.map((visit) => ({ ...UNTOLD_VISIT, ...visit })),
  };
  const answered = answeredChats(history, { orders: "claimed", currency: "", attributionMs });
  const chatOf = creditedChats(answered, done);
  const credits = new Map<string, Credit[]>();
  for (const { id, at, cents } of done) {
    const decision = chatOf.get(id)?.decision;
    if (decision == null) continue;
    const credit = { at, cents };
    const known = credits.get(decision);
    if (known === undefined) credits.set(decision, [credit]);
    else known.push(credit);
  }
  return credits;
}

/** What the rule does not ask for. */
const UNTOLD_CHAT = {
  campaign: null,
  variant: null,
  skill: null,
  agent: null,
  queuedAt: null,
  assignedAt: null,
  lastMessageAt: null,
  closeReason: null,
  leftAt: null,
  answeredBy: null,
  handovers: [],
  canned: [],
  surveyAsked: null,
  surveyQuestions: null,
} satisfies Partial<ChatRow>;
const UNTOLD_VISIT = {
  covered: false,
  eligible: false,
  suppressed: false,
  channel: null,
  device: null,
} satisfies Partial<VisitRow>;
