/** How long things took, for each way of grouping: by the clock, or as far as the site was open. */
import {
  chats,
  column,
  countedAt,
  entered,
  ENTERED,
  type Group,
  isEntered,
  OF_CHAT,
  OF_VISIT,
  within,
} from "./sums.ts";

/** The first reply, by agent in the row of who wrote it. */
const replies = (group: Group) =>
  group === "agent"
    ? "(SELECT at, queued, taken, answered, replier AS agent FROM chat WHERE answered IS NOT NULL)"
    : `(SELECT * FROM ${chats(group)} WHERE answered IS NOT NULL)`;
const OVER = "c.answered IS NOT NULL AND c.closed IS NOT NULL";

/** Durations from one moment to another, by the thing they stand with. */
export const DURATIONS: Record<
  string,
  {
    groups: string[];
    from: (group: Group) => string;
    since: string;
    until: string;
    at?: (group: Group) => string;
    /** What of it lies inside business hours is a figure of its own. */
    inHours?: true;
  }
> = {
  first_reply: { groups: OF_CHAT, from: replies, since: "at", until: "answered", inHours: true },
  waiting: { groups: OF_CHAT, from: replies, since: "queued", until: "taken", inHours: true },
  abandoned_after: {
    groups: OF_CHAT,
    from: (group) => `(SELECT * FROM ${chats(group)} WHERE closed IS NOT NULL AND gone - at >= 5000)`,
    since: "at",
    until: "gone",
  },
  handle_time: {
    groups: OF_CHAT,
    from: (group) =>
      group === "agent"
        ? `(SELECT c.*, h.agent, sum(h.until - h.since) AS held FROM held h JOIN (SELECT id, at, answered, closed FROM chat) c
            ON c.id = h.chat WHERE ${OVER} GROUP BY c.id, h.agent)`
        : `(SELECT c.*, (SELECT coalesce(sum(h.until - h.since), 0) FROM held h WHERE h.chat = c.id) AS held
            FROM ${chats(group)} c WHERE ${OVER})`,
    since: "0",
    until: "held",
  },
  resolution_time: {
    groups: OF_CHAT,
    from: (group) =>
      `(SELECT * FROM ${chats(group)} WHERE answered IS NOT NULL AND closed IS NOT NULL AND coalesce(resolved, 1))`,
    since: "at",
    until: "ended",
    inHours: true,
  },
  time_to_purchase: {
    groups: [...OF_VISIT, ...ENTERED],
    // An order that came before the day's first visit took no time from it.
    from: (group) => `(SELECT * FROM ${isEntered(group) ? entered(group) : "unit"} WHERE first_order >= at)`,
    since: "at",
    until: "first_order",
    at: countedAt,
  },
};

/** Whole seconds; none of what lies wholly outside the hours, and a moment inside them is 0. */
const secondsOf = (from: string, to: string, inHours: boolean) =>
  inHours
    ? `(SELECT CASE WHEN ${to} > ${from} THEN inside / 1000 ELSE 0 END FROM (
        SELECT sum(min(max(${to}, ${from} + 1), nth * 900000 + 900000) - max(${from}, nth * 900000)) AS inside
        FROM open_quarter WHERE nth BETWEEN ${from} / 900000 AND (max(${to}, ${from} + 1) - 1) / 900000)
      WHERE inside > 0)`
    : `max(0, ${to} - ${from}) / 1000`;

/** To the second below two minutes; beyond, down to the greatest of these whole steps. */
const STEPS = [
  [300, 5],
  [900, 15],
  [1_800, 30],
  [3_600, 60],
  [7_200, 120],
  [14_400, 300],
  [43_200, 600],
  [86_400, 1_800],
  [172_800, 3_600],
  [345_600, 7_200],
  [864_000, 14_400],
];
export const rounded = (seconds: string) => `(SELECT s - s % CASE WHEN s < 120 THEN 1
  ${STEPS.map(([below, step]) => `WHEN s < ${below} THEN ${step}`).join(" ")} ELSE 43200 END FROM (SELECT ${seconds} AS s))`;

/** The median and the ninetieth percentile, as the least second within which so many were done. */
export function quantilesOf(name: string, group: Group, open: boolean): string | null {
  const duration = DURATIONS[name];
  if (duration === undefined || (group !== null && !duration.groups.includes(group))) return null;
  const seconds = secondsOf(duration.since, duration.until, open && duration.inHours === true);
  return `SELECT g, count(*) AS n, min(CASE WHEN nth = (n + 1) / 2 THEN s END) AS median,
      min(CASE WHEN nth = (9 * n + 9) / 10 THEN s END) AS p90
    FROM (SELECT g, s, row_number() OVER (PARTITION BY g ORDER BY s) AS nth, count(*) OVER (PARTITION BY g) AS n
      FROM (SELECT ${column(group)} AS g, ${rounded(seconds)} AS s FROM ${duration.from(group)}
        WHERE ${within(duration.at?.(group) ?? "at")} AND ${column(group)} IS NOT NULL) WHERE s IS NOT NULL) GROUP BY g`;
}
