/** Conversations, those who had them, and their answers to the survey. */
import { type Counting, groupOf, hasOrder, tallyFor, within } from "./counting.ts";
import { isTime, NO_GROUP } from "./grouping.ts";
import { personOf } from "./orders.ts";

const RECONTACT_MS = 7 * 24 * 3_600_000;

/** Count the conversations that began in the span: answered, abandoned, resolved without another within a week. */
export function countChats(counting: Counting): void {
  const { history, visitAt, scope } = counting;
  const resolved = new Map(history.surveys.map(({ conversation, resolved: said }) => [conversation, said]));
  const startsByPerson = Map.groupBy(history.chats, ({ visitor }) => personOf(history, visitor));
  for (const chat of history.chats) {
    if (!within(counting, chat.startedAt)) continue;
    const tally = tallyFor(counting, {
      at: chat.startedAt,
      chat,
      visit: visitAt(chat.visitor, chat.startedAt),
    });
    if (tally === null) continue;
    tally.conversations += 1;
    if (chat.answeredAt === null) {
      tally.abandoned += chat.closedAt === null ? 0 : 1;
      continue;
    }
    tally.chats_handled += 1;
    const { closedAt } = chat;
    if (closedAt === null) continue;
    tally.surveys_sent += 1;
    if (closedAt + RECONTACT_MS > scope.now) continue;
    const again = startsByPerson
      .get(personOf(history, chat.visitor))
      ?.some(({ startedAt }) => startedAt > closedAt && startedAt <= closedAt + RECONTACT_MS);
    tally.contacts_mature += 1;
    tally.contacts_resolved_no_recontact += again !== true && resolved.get(chat.id) !== false ? 1 : 0;
  }
}

/** Chatters are visitor-days, each in the group and hour of its first answered chat. */
export function countChatters(counting: Counting): void {
  const { answered, calendar, visitAt } = counting;
  const timeless = counting.scope.groupBy === null || isTime(counting.scope.groupBy);
  const days = Map.groupBy(answered, (chat) => {
    const visit = visitAt(chat.visitor, chat.startedAt);
    const group = timeless ? NO_GROUP : groupOf(counting, { at: chat.startedAt, chat, visit });
    return `${calendar.dayOf(chat.startedAt)} ${chat.person} ${group}`;
  });
  for (const chats of days.values()) {
    const [first] = chats;
    if (first === undefined || !within(counting, first.startedAt)) continue;
    const visit = visitAt(first.visitor, first.startedAt);
    const tally = tallyFor(counting, { at: first.startedAt, chat: first, visit });
    if (tally === null) continue;
    tally.chatters += 1;
    tally.chatters_buying_after_chat += chats.some((chat) => hasOrder(counting, chat)) ? 1 : 0;
    if (first.decision === null) continue;
    tally.proactive_chatters += 1;
    tally.proactive_chatters_buying += hasOrder(counting, first) ? 1 : 0;
  }
}

/** An answer stands in the row of its conversation. */
export function countSurveys(counting: Counting): void {
  const { history, visitAt } = counting;
  const chats = new Map(history.chats.map((chat) => [chat.id, chat]));
  for (const survey of history.surveys) {
    const chat = chats.get(survey.conversation);
    if (chat === undefined || !within(counting, chat.startedAt)) continue;
    const visit = visitAt(chat.visitor, chat.startedAt);
    const tally = tallyFor(counting, { at: chat.startedAt, chat, visit });
    if (tally === null) continue;
    count(tally.csat, survey.csat);
    count(tally.nps, survey.nps);
    count(tally.ces, survey.ces);
  }
}

function count(answers: Record<string, number>, score: number | null): void {
  if (score !== null) answers[score] = (answers[score] ?? 0) + 1;
}
