/** What is counted of the things of `tables.ts`, for each way of grouping: plain SQL, apart from the product's code. */

export type Group =
  | "hour"
  | "day"
  | "week"
  | "campaign"
  | "variant"
  | "agent"
  | "skill"
  | "channel"
  | "device"
  | "canned"
  | null;

const TIMES = ["hour", "day", "week"];
export const OF_VISIT = [...TIMES, "channel", "device"];
const OF_OFFER = [...OF_VISIT, "campaign", "variant"];
export const OF_CHAT = [...OF_OFFER, "agent", "skill", "canned"];
/** Whose rows a visitor comes into by an offer or by a conversation. */
export const ENTERED = ["campaign", "variant", "agent", "skill", "canned"];
export const isEntered = (group: Group): group is Exclude<Group, null> =>
  group !== null && ENTERED.includes(group);
/** What somebody did on a day, in the rows into which they had come by then. */
const done = (table: string) => (group: Group) =>
  isEntered(group)
    ? `(SELECT x.*, e.${group} FROM ${table} x JOIN entry_${group} e
        ON e.person = x.person AND e.day = x.of_day AND x.at >= e.at)`
    : table;
const since = (table: string, what: string) =>
  `FROM ${table} t WHERE t.person = e.person AND t.of_day = e.day AND t.at >= e.at AND ${what}`;
const VISITED = "FROM visit v WHERE ((v.person = e.person AND v.day = e.day) OR v.rowid = e.visit)";
/** Visitor-days as a row of offers or conversations knows them. */
export const entered = (
  group: Group,
) => `(SELECT *, EXISTS (SELECT 1 FROM placed o, setting WHERE o.kept AND o.person = u.person
    AND o.id <> u.first_order_id AND o.at BETWEEN u.first_order AND u.first_order + setting.attribution) AS again
  FROM (SELECT e.*,
    EXISTS (SELECT 1 ${VISITED} AND v.eligible) AS eligible,
    EXISTS (SELECT 1 ${VISITED} AND v.eligible AND v.covered) AS covered,
    (SELECT count(*) ${VISITED} AND v.ends >= e.at) AS own_visits,
    EXISTS (SELECT 1 ${since("chat", "t.answered IS NOT NULL")}) AS engaged,
    EXISTS (SELECT 1 ${since("chat", "t.answered IS NOT NULL AND t.bought")}) AS after_chat,
    coalesce((SELECT t.decision IS NOT NULL AND t.bought ${since("chat", "t.answered IS NOT NULL")}
      ORDER BY t.at, t.id LIMIT 1), 0) AS after_proactive,
    EXISTS (SELECT 1 ${since("lead", "1")}) AS lead,
    (SELECT t.at ${since("placed", "t.kept")} ORDER BY t.at, t.id LIMIT 1) AS first_order,
    (SELECT t.id ${since("placed", "t.kept")} ORDER BY t.at, t.id LIMIT 1) AS first_order_id
    FROM entry_${group ?? ""} e) u)`;

type Source = {
  groups: string[];
  from: (group: Group) => string;
  sums: Record<string, string>;
  /** When a thing is counted; absent, when it was. */
  at?: (group: Group) => string;
};
export const countedAt = (group: Group) => (isEntered(group) ? "counted" : "at");

/** Whether a conversation asked anything, or was answered anyway; of before it was told, every answered one that ended. */
const ASKED = "surveyed OR coalesce(asks, answered IS NOT NULL AND closed IS NOT NULL)";
/** Of these, what asked this one thing; of before that was told, each asked everything. */
const askedFor = (question: string) => `sum((${ASKED}) AND (${question} IS NOT NULL OR asks_for IS NULL
  OR EXISTS (SELECT 1 FROM json_each(asks_for) a WHERE a.value = '${question}')))`;

const isTime = (group: Group) => group === null || TIMES.includes(group);
export const column = (group: Group) => (group === null ? "''" : group);
/** Visitor-days among things: of one person on one `day`, and in one group where that is no time. */
export const units = (table: string, group: Group, all: string, day: "day" | "of_day" = "day") => {
  const by = isTime(group) ? `person, ${day}` : `person, ${day}, ${column(group)}`;
  return `(SELECT *, row_number() OVER (PARTITION BY ${by} ORDER BY at, id) AS nth, ${all
    .split("; ")
    .map((one) => one.replace("OVER ()", `OVER (PARTITION BY ${by})`))
    .join(", ")} FROM ${table} WHERE ${column(group)} IS NOT NULL)`;
};
const plain = (table: string) => () => table;
/** By canned answer, a conversation stands once for each that was sent in it. */
export const chats = (group: Group) => (group === "canned" ? "answer" : "chat");
const moves = (which: string) => `(SELECT count(*) FROM move m WHERE m.chat = x.id AND ${which})`;
const uses = (which: string) => `(SELECT count(*) FROM used u WHERE u.chat = x.id AND ${which})`;
const MOVED = "m.kind IN ('transferred', 'taken_over')";
/** What was done with a conversation: by one agent in that agent's row, else by anybody. */
const hands = (group: Group) => {
  const isAgent = group === "agent";
  const own = (who: string) => (isAgent ? `${who} = x.agent` : "1");
  const used = isAgent ? own("u.agent") : group === "canned" ? "u.canned || ':' || u.agent = x.canned" : "1";
  return `(SELECT x.*, EXISTS (SELECT 1 FROM had h WHERE h.chat = x.id AND ${own("h.agent")}) AS was_had,
    ${moves(`${MOVED} AND ${own("m.giver")}`)} AS given, ${moves(`${MOVED} AND ${own("m.taker")}`)} AS received,
    ${moves(`${MOVED} AND m.skill IS NOT NULL AND ${own("m.giver")}`)} AS to_skill,
    ${moves(`m.kind = 'taken_over' AND ${own("m.giver")}`)} AS taken_over,
    ${moves(`m.kind = 'taken_back' AND ${own("m.giver")}`)} AS taken_back,
    ${uses(used)} AS sent, ${uses(`${used} AND u.edited`)} AS edited
    FROM ${isAgent ? "hand" : chats(group)} x)`;
};
export const SOURCES: Source[] = [
  {
    groups: [...OF_VISIT, ...ENTERED],
    from: (group) => (isEntered(group) ? entered(group) : "unit"),
    at: countedAt,
    sums: {
      visitors: "count(*)",
      eligible: "sum(eligible)",
      covered: "sum(covered)",
      covered_after_chat: "sum(covered AND after_chat)",
      covered_after_proactive: "sum(covered AND after_proactive)",
      engaged: "sum(engaged)",
      buying: "sum(first_order IS NOT NULL)",
      buying_again: "sum(first_order IS NOT NULL AND again)",
      lead_visitors: "sum(lead)",
      converting: "sum(lead OR first_order IS NOT NULL)",
    },
  },
  {
    groups: ENTERED,
    from: (group) =>
      isEntered(group) ? entered(group) : "(SELECT at AS counted, 0 AS own_visits FROM visit WHERE 0)",
    at: () => "counted",
    sums: { visits: "sum(own_visits)" },
  },
  { groups: OF_VISIT, from: plain("visit"), sums: { visits: "count(*)", suppressed: "sum(suppressed)" } },
  {
    groups: TIMES,
    from: plain(`(SELECT x.hour AS at, x.page_views, q.hour, q.day, q.week FROM exempt_counts x
      JOIN setting ON x.site = setting.site JOIN quarter q ON q.nth = x.hour / 900000)`),
    sums: { exempt: "sum(page_views)" },
  },
  {
    groups: OF_OFFER,
    from: plain("offer"),
    sums: {
      triggered: "count(*)",
      held_out: "sum(arm = 'holdout')",
      displayed: "sum(shown)",
      opened: "sum(shown AND (clicked OR accepted))",
      declined: "sum(shown AND declined)",
      ignored: "sum(shown AND ignored)",
      invited: "sum(shown AND kind IN ('chat', 'video'))",
      invited_opened: "sum(shown AND kind IN ('chat', 'video') AND (clicked OR accepted))",
      accepted: "sum(shown AND kind IN ('chat', 'video') AND accepted)",
    },
  },
  {
    groups: OF_OFFER,
    from: (group) =>
      `(SELECT * FROM ${units("(SELECT * FROM offer WHERE shown AND kind IN ('chat', 'video'))", group, "max(accepted) OVER () AS accepts")} WHERE nth = 1)`,
    sums: { invited_visitors: "count(*)", accepting_visitors: "sum(accepts)" },
  },
  {
    groups: OF_OFFER,
    from: (group) => `(SELECT * FROM ${units("offer", group, "1 AS one")} WHERE nth = 1)`,
    sums: {
      treated: "sum(arm = 'treated')",
      holdout: "sum(arm = 'holdout')",
    },
  },
  {
    groups: OF_CHAT,
    from: (group) => `(SELECT c.*, closed + 604800000 <= (SELECT now FROM setting) AS mature,
      EXISTS (SELECT 1 FROM chat n WHERE n.person = c.person AND n.at > c.closed AND n.at <= c.closed + 604800000)
        AS came_again FROM ${chats(group)} c)`,
    sums: {
      conversations: "count(*)",
      abandoned: "sum(answered IS NULL AND closed IS NOT NULL AND gone - at >= 5000)",
      abandoned_short: "sum(answered IS NULL AND closed IS NOT NULL AND gone - at < 5000)",
      handled: "sum(answered IS NOT NULL)",
      closed: "sum(answered IS NOT NULL AND closed IS NOT NULL)",
      mature: "sum(answered IS NOT NULL AND closed IS NOT NULL AND mature)",
      mature_alone: "sum(answered IS NOT NULL AND closed IS NOT NULL AND mature AND NOT came_again)",
      mature_resolved:
        "sum(answered IS NOT NULL AND closed IS NOT NULL AND mature AND NOT came_again AND coalesce(resolved, 1))",
      asked: `sum(${ASKED})`,
      asked_csat: askedFor("csat"),
      asked_nps: askedFor("nps"),
      asked_ces: askedFor("ces"),
      replied: "sum(coalesce(csat, nps, ces, resolved, faces, said) IS NOT NULL)",
      told_resolved: "sum(resolved = 1)",
      told: "sum(resolved IS NOT NULL)",
      csat_n: "count(csat)",
      csat_good: "sum(csat >= 4)",
      csat_sum: "sum(csat)",
      nps_n: "count(nps)",
      nps_net: "sum((nps >= 9) - (nps <= 6))",
      ces_n: "count(ces)",
      ces_good: "sum(ces >= 5)",
      ces_sum: "sum(ces)",
    },
  },
  {
    groups: OF_CHAT,
    from: (group) =>
      `(SELECT * FROM ${units(`(SELECT * FROM ${chats(group)} WHERE answered IS NOT NULL)`, group, "max(bought) OVER () AS buys; max(led) OVER () AS leads", "of_day")} WHERE nth = 1)`,
    sums: {
      chatters: "count(*)",
      chatters_buying: "sum(buys)",
      chatters_converting: "sum(buys OR leads)",
      proactive: "sum(decision IS NOT NULL)",
      proactive_buying: "sum(decision IS NOT NULL AND bought)",
      proactive_converting: "sum(decision IS NOT NULL AND (bought OR led))",
    },
  },
  {
    groups: OF_CHAT,
    from: (group) =>
      `(SELECT c.*, o.net, o.own FROM placed o JOIN ${chats(group)} c ON c.id = o.credit WHERE o.kept)`,
    sums: { assisted: "count(*)", assisted_own: "sum(own)", assisted_cents: "sum(net)" },
  },
  {
    groups: [...OF_VISIT, ...ENTERED],
    from: (group) => `(SELECT * FROM ${done("placed")(group)} WHERE kept)`,
    sums: {
      orders: "count(*)",
      revenue_cents: "sum(net)",
      orders_covered: "sum(covered)",
      own: "sum(own)",
      other_currency: "sum(NOT own)",
      row_assisted_own: "sum(credit IS NOT NULL AND own)",
      row_assisted: "sum(credit IS NOT NULL)",
      row_assisted_cents: "sum(CASE WHEN credit IS NULL THEN 0 ELSE net END)",
    },
  },
  {
    groups: [...OF_VISIT, ...ENTERED],
    from: done("placed"),
    sums: {
      gross_cents: "sum(gross)",
      refunded_cents: "sum(gross - net)",
      returned: "sum(back IS NOT NULL)",
      refunded_whole: "sum(NOT kept)",
    },
  },
  {
    groups: [...OF_VISIT, ...ENTERED],
    from: done("lead"),
    sums: { leads: "count(*)", lead_cents: "sum(value)" },
  },
  {
    groups: OF_CHAT,
    from: hands,
    sums: {
      taken: "sum(was_had)",
      handed_on: "sum(given > 0)",
      transfers: "sum(given)",
      received: "sum(received)",
      to_skill: "sum(to_skill)",
      taken_over: "sum(taken_over)",
      taken_back: "sum(taken_back)",
      with_canned: "sum(was_had AND sent > 0)",
      canned: "sum(sent)",
      canned_edited: "sum(edited)",
    },
  },
  {
    groups: [...TIMES, "agent"],
    from: plain("stretch"),
    sums: {
      online_ms: "sum((places > 0) * ms)",
      places_ms: "sum(places * ms)",
      filled_ms: "sum(min(places, chats) * ms)",
      busy_ms: "sum((chats > 0) * ms)",
      chat_ms: "sum(chats * ms)",
    },
  },
];

export const within = (at: string) =>
  `${at} >= (SELECT since FROM setting) AND ${at} < (SELECT until FROM setting)`;
export const SPAN = within("at");

/** The sums of a source for each group. */
export function sumsOf(source: Source, group: Group): string | null {
  if (group !== null && !source.groups.includes(group)) return null;
  const sums = Object.entries(source.sums).map(([name, sum]) => `coalesce(${sum}, 0) AS ${name}`);
  return `SELECT ${column(group)} AS g, ${sums.join(", ")} FROM ${source.from(group)}
    WHERE ${within(source.at?.(group) ?? "at")} AND ${column(group)} IS NOT NULL GROUP BY g`;
}
