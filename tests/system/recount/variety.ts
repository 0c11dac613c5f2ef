/**
 * What has to have happened on each site for its recount to say something: each is counted over the things of `tables.ts`,
 * and none may be missing.
 */
const among = (table: string, which: string) =>
  `SELECT count(*) AS n FROM ${table} t JOIN setting ON t.site = setting.site WHERE ${which}`;
const things = (table: string, which: string) => `SELECT count(*) AS n FROM ${table} WHERE ${which}`;

export const VARIETY: Readonly<Record<string, string>> = {
  "a conversation that its agent closed": among("conversations", "close_reason = 'agent'"),
  "one that its visitor closed": among("conversations", "close_reason = 'visitor'"),
  "one that was closed for silence": among("conversations", "close_reason = 'idle' AND left_at < closed_at"),
  "one that ended before rooms told when its visitor left": among(
    "conversations",
    "closed_at IS NOT NULL AND left_at IS NULL",
  ),
  "one that nobody answered and whose visitor left long before it was closed": things(
    "chat",
    "answered IS NULL AND gone < closed",
  ),
  "one that was left within seconds": things("chat", "answered IS NULL AND gone - at < 5000"),
  "one that went back to the queue before somebody answered": things(
    "chat c",
    "EXISTS (SELECT 1 FROM passed p WHERE p.chat = c.id AND p.kind = 'requeued' AND p.at < c.answered)",
  ),
  "one that went back to the queue after that": things(
    "chat c",
    "EXISTS (SELECT 1 FROM passed p WHERE p.chat = c.id AND p.kind = 'requeued' AND p.at > c.answered)",
  ),
  "one that was answered by another than its last agent": things("chat", "replier <> agent"),
  "one that nobody has at last": things(
    "chat",
    "replier IS NOT NULL AND agent IS NULL OR took < gone AND agent IS NULL",
  ),
  "one that was assigned and not answered": things("chat", "answered IS NULL AND took IS NOT NULL"),
  "one of before rooms told of assignments": things(
    "chat c",
    "answered IS NOT NULL AND NOT EXISTS (SELECT 1 FROM passed p WHERE p.chat = c.id)",
  ),
  "one whose visitor was asked": things("chat", "asks = 1"),
  "one whose visitor was asked for satisfaction alone of the three": things(
    "chat",
    `asks = 1 AND asks_for LIKE '%"csat"%' AND asks_for NOT LIKE '%"nps"%' AND asks_for NOT LIKE '%"ces"%'`,
  ),
  "one whose visitor was asked none of the three": things(
    "chat",
    `asks = 1 AND NOT surveyed AND asks_for = '["faces"]'`,
  ),
  "one whose visitor told satisfaction without being asked": things(
    "chat",
    `csat IS NOT NULL AND asks = 1 AND asks_for NOT LIKE '%"csat"%'`,
  ),
  "one that ended before rooms told what they asked": things("chat", "asks = 1 AND asks_for IS NULL"),
  "one whose visitor was left alone": things("chat", "answered IS NOT NULL AND asks = 0"),
  "one after midnight in a visit of the day before": things("chat", "of_day <> day AND answered IS NOT NULL"),
  "two on either side of midnight in one visit": things(
    "chat a JOIN chat b ON a.person = b.person AND a.of_day = b.of_day",
    "a.day < b.day AND a.answered IS NOT NULL AND b.answered IS NOT NULL",
  ),
  "an order after midnight in a visit of the day before": things("placed", "kept AND of_day <> day"),
  "a lead after midnight in a visit of the day before": things("lead", "of_day <> day"),
  "an order in another currency": things("placed", "NOT own"),
  "an order of which a part was given back": things("placed", "back > 0 AND kept"),
  "an order that was given back whole": things("placed", "NOT kept"),
  "a day of another length": `SELECT count(*) AS n FROM (SELECT 1 FROM quarter, setting
    WHERE nth * 900000 BETWEEN since AND until - 1 GROUP BY day HAVING count(*) <> 96)`,
};

/** A lead that comes too late for leads and not for orders; where the windows differ. */
export const LATE_LEAD = things(
  "chat c JOIN lead l ON l.person = c.person AND l.at > c.at, setting",
  "c.answered IS NOT NULL AND l.at > c.until - (attribution - leading) AND l.at <= c.until",
);
