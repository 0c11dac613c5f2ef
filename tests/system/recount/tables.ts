/**
 * The KPIs counted once more, in plain SQL over history and from `kpis.md` alone: nothing of the product is used here.
 *
 * These make the things that are counted, each with the groups that know it; `figures.ts` sums them up. Parameters stand
 * in `setting`; the calendar in `quarter`, one row a quarter of an hour, made with `Intl`.
 */

/**
 * The quarters of an hour in which the site is open, from the first time that the clock shows the opening to the first
 * time that it shows the closing; none where it says no hours.
 */
const HOURS = `CREATE TEMP TABLE open_quarter AS
  SELECT DISTINCT q.nth FROM (
    SELECT (SELECT min(nth) FROM quarter WHERE day = o.day AND clock = o.opens) AS since,
      (SELECT min(nth) FROM quarter WHERE clock = o.closes
        AND day = date(o.day, CASE WHEN o.closes < o.opens THEN '+1 day' ELSE '+0 days' END)) AS until
    FROM open_on o) x JOIN quarter q ON q.nth >= x.since AND q.nth < x.until;
CREATE UNIQUE INDEX temp.open_quarter_nth ON open_quarter (nth);`;

/** Who each visitor is: the user that was proven last, or themselves. */
const PERSONS = `CREATE TEMP TABLE person AS
  SELECT visitor_id AS visitor, 'user:' || user_id AS person FROM (
    SELECT visitor_id, user_id, row_number() OVER (PARTITION BY visitor_id ORDER BY at DESC, user_id DESC) AS nth
    FROM identities, setting WHERE identities.site = setting.site) WHERE nth = 1;
CREATE INDEX temp.person_visitor ON person (visitor);`;

const VISITS = `CREATE TEMP TABLE visit AS
  SELECT s.id, s.visitor_id AS visitor, coalesce(p.person, s.visitor_id) AS person, s.started_at AS at,
    coalesce(s.ended_at, s.last_at) AS ends, s.covered, s.eligible, s.outcomes LIKE '%"capacity"%' AS suppressed,
    coalesce(s.channel, 'unknown') AS channel, coalesce(s.device_type, 'unknown') AS device,
    q.hour, q.day, q.week
  FROM sessions s JOIN setting ON s.site = setting.site
    LEFT JOIN person p ON p.visitor = s.visitor_id
    LEFT JOIN quarter q ON q.nth = s.started_at / 900000;
CREATE INDEX temp.visit_visitor ON visit (visitor, at, id);
CREATE INDEX temp.visit_person ON visit (person, day);`;

/** Where a visitor was at a moment: the last visit that had begun. */
const visitOf = (visitor: string, at: string) => `(SELECT v.rowid FROM visit v WHERE v.visitor = ${visitor}
    AND v.at <= ${at} ORDER BY v.at DESC, v.id DESC LIMIT 1)`;

/**
 * The visitor-day of what somebody did: that of the visit which held it, from its beginning to its end, else the date.
 * `counted` is when that day is known by: the moment, or the visit's beginning where that was on another date.
 */
const visitorDay = (table: string) => `ALTER TABLE ${table} ADD of_day; ALTER TABLE ${table} ADD counted;
UPDATE ${table} SET of_day = coalesce((SELECT v.day FROM visit v WHERE v.rowid = ${table}.visit AND v.ends >= ${table}.at), day),
  counted = at;
UPDATE ${table} SET counted = (SELECT v.at FROM visit v WHERE v.rowid = ${table}.visit) WHERE of_day <> day;`;

const EXPOSURES = `CREATE TEMP TABLE offer AS
  SELECT e.id, coalesce(p.person, e.visitor_id) AS person, e.eligible_at AS at, e.arm, e.kind,
    e.campaign_id AS campaign, e.campaign_id || ':' || e.variant AS variant,
    e.campaign_id || ':' || e.phase AS stratum, q.hour, q.day, q.week,
    e.arm = 'treated' AND EXISTS (SELECT 1 FROM conversations c WHERE c.site = e.site AND c.decision_id = e.id
      AND c.first_visitor_message_at IS NOT NULL) AS accepted,
    coalesce(e.shown_at, e.clicked_at, e.opened_at, e.declined_at, e.ignored_at) IS NOT NULL AS seen,
    e.opened_at IS NOT NULL AS clicked, e.declined_at IS NOT NULL AS declined, e.ignored_at IS NOT NULL AS ignored,
    ${visitOf("e.visitor_id", "e.eligible_at")} AS visit
  FROM exposures e JOIN setting ON e.site = setting.site
    LEFT JOIN person p ON p.visitor = e.visitor_id LEFT JOIN quarter q ON q.nth = e.eligible_at / 900000;
ALTER TABLE offer ADD shown; ALTER TABLE offer ADD channel; ALTER TABLE offer ADD device; ALTER TABLE offer ADD ends;
UPDATE offer SET shown = arm = 'treated' AND (accepted OR seen),
  channel = (SELECT channel FROM visit WHERE rowid = offer.visit),
  device = (SELECT device FROM visit WHERE rowid = offer.visit),
  ends = max(at, coalesce((SELECT ends FROM visit WHERE rowid = offer.visit), at));
${visitorDay("offer")}`;

/** How a conversation comes to an agent. */
const GIVEN = "'assigned', 'transferred', 'taken_over'";
/** When an agent had it first, be it by a word. */
const TAKEN = `CASE WHEN c.assigned_at IS NULL OR c.first_agent_message_at < c.assigned_at THEN c.first_agent_message_at
      ELSE c.assigned_at END`;

const CHATS = `CREATE TEMP TABLE chat AS
  SELECT c.id, coalesce(p.person, c.visitor_id) AS person, c.first_visitor_message_at AS at, c.closed_at AS closed,
    c.first_agent_message_at AS answered, c.decision_id AS decision, c.agent_id AS agent,
    coalesce(c.skill, 'none') AS skill, e.campaign_id AS campaign, e.campaign_id || ':' || e.variant AS variant,
    coalesce(c.queued_at, c.first_visitor_message_at) AS queued, q.hour, q.day, q.week,
    ${TAKEN} AS took, coalesce((SELECT h.value ->> 'at' FROM json_each(c.handovers) h
      WHERE h.value ->> 'kind' IN (${GIVEN}) AND h.value ->> 'at' <= c.first_agent_message_at
      ORDER BY h.key DESC LIMIT 1), ${TAKEN}) AS taken,
    CASE WHEN c.first_agent_message_at IS NULL
      THEN max(c.first_visitor_message_at, coalesce(c.left_at, c.closed_at)) END AS gone,
    coalesce(c.answered_by, c.agent_id) AS replier,
    CASE WHEN c.close_reason = 'idle' THEN max(c.first_visitor_message_at, coalesce(c.last_message_at, c.closed_at))
      ELSE c.closed_at END AS ended,
    ${visitOf("c.visitor_id", "c.first_visitor_message_at")} AS visit,
    s.csat, s.nps, s.ces, s.resolved, coalesce(s.welcome, s.wait, s.answer) AS faces, nullif(s.comment, '') AS said,
     s.conversation_id IS NOT NULL AS surveyed, c.survey_asked AS asks,
    c.survey_questions AS asks_for,
    c.handovers IS NOT NULL AS told
  FROM conversations c JOIN setting ON c.site = setting.site
    LEFT JOIN person p ON p.visitor = c.visitor_id
    LEFT JOIN exposures e ON e.site = c.site AND e.id = c.decision_id
    LEFT JOIN surveys s ON s.site = c.site AND s.conversation_id = c.id
    LEFT JOIN quarter q ON q.nth = c.first_visitor_message_at / 900000
  WHERE c.first_visitor_message_at IS NOT NULL;
ALTER TABLE chat ADD channel; ALTER TABLE chat ADD device; ALTER TABLE chat ADD until;
UPDATE chat SET channel = (SELECT channel FROM visit WHERE rowid = chat.visit),
  device = (SELECT device FROM visit WHERE rowid = chat.visit),
  until = max(at, coalesce(closed, at), coalesce((SELECT ends FROM visit WHERE rowid = chat.visit), at))
    + (SELECT attribution FROM setting);
${visitorDay("chat")}
CREATE INDEX temp.chat_person ON chat (person, at, id);`;

/** Who had a conversation from when to when; where nobody told of an assignment, its last agent since it was taken. */
const STRETCHES = `CREATE TEMP TABLE passed AS
  SELECT c.id AS chat, h.key AS nth, h.value ->> 'kind' AS kind, h.value ->> 'at' AS at, h.value ->> 'to' AS agent,
    lead(h.value ->> 'at') OVER (PARTITION BY c.id ORDER BY h.key) AS next
  FROM conversations c JOIN setting ON c.site = setting.site, json_each(c.handovers) h
  WHERE h.value ->> 'kind' <> 'taken_back';
CREATE INDEX temp.passed_chat ON passed (chat, kind);
CREATE TEMP TABLE held AS
  SELECT p.chat, p.agent, p.at AS since,
    CASE WHEN c.ended IS NULL THEN p.next WHEN p.next IS NULL THEN c.ended ELSE min(p.next, c.ended) END AS until
  FROM passed p JOIN chat c ON c.id = p.chat
  WHERE p.kind IN (${GIVEN}) AND (c.ended IS NULL OR p.at <= c.ended)
    AND EXISTS (SELECT 1 FROM passed a WHERE a.chat = p.chat AND a.kind = 'assigned')
  UNION ALL SELECT c.id, c.agent, c.took, max(c.took, c.ended) FROM chat c
  WHERE c.took IS NOT NULL AND NOT EXISTS (SELECT 1 FROM passed a WHERE a.chat = c.id AND a.kind = 'assigned');
CREATE INDEX temp.held_chat ON held (chat, agent);`;

/** Every order that the site's rule lets count, in hundredths, with what was given back. */
const ORDERS = `CREATE TEMP TABLE placed AS
  SELECT o.order_id AS id, coalesce(p.person, o.visitor_id) AS person, o.at, o.covered, q.hour, q.day, q.week,
    o.currency = setting.currency AS own, CAST(round(o.total * 100) AS INTEGER) AS total,
    (SELECT sum(CASE WHEN r.amount IS NULL THEN 1e15 ELSE round(r.amount * 100) END) FROM refunds r
      WHERE r.site = o.site AND r.order_id = o.order_id
        AND (setting.orders = 'claimed' OR r.status = 'confirmed')) AS back,
    ${visitOf("o.visitor_id", "o.at")} AS visit
  FROM orders o JOIN setting ON o.site = setting.site
    LEFT JOIN person p ON p.visitor = o.visitor_id LEFT JOIN quarter q ON q.nth = o.at / 900000
  WHERE setting.orders = 'claimed' OR o.status = 'confirmed';
ALTER TABLE placed ADD gross; ALTER TABLE placed ADD net; ALTER TABLE placed ADD kept; ALTER TABLE placed ADD credit;
ALTER TABLE placed ADD channel; ALTER TABLE placed ADD device;
UPDATE placed SET gross = CASE WHEN own THEN total ELSE 0 END,
  net = CASE WHEN own THEN max(0, total - coalesce(back, 0)) ELSE 0 END,
  kept = back IS NULL OR total - back > 0,
  channel = (SELECT channel FROM visit WHERE rowid = placed.visit),
  device = (SELECT device FROM visit WHERE rowid = placed.visit);
${visitorDay("placed")}
UPDATE placed SET credit = (SELECT c.id FROM chat c WHERE c.person = placed.person AND c.answered IS NOT NULL
  AND c.at <= placed.at AND placed.at <= c.until ORDER BY c.at, c.id LIMIT 1) WHERE kept;
CREATE INDEX temp.placed_person ON placed (person, at);
CREATE INDEX temp.placed_credit ON placed (credit);
ALTER TABLE chat ADD bought;
UPDATE chat SET bought = EXISTS (SELECT 1 FROM placed o WHERE o.kept AND o.person = chat.person
  AND chat.at <= o.at AND o.at <= chat.until);`;

const LEADS = `CREATE TEMP TABLE lead AS
  SELECT l.id, coalesce(p.person, l.visitor_id) AS person, l.at, q.hour, q.day, q.week,
    CASE WHEN l.value IS NOT NULL AND coalesce(l.currency, setting.currency) = setting.currency
      THEN CAST(round(l.value * 100) AS INTEGER) ELSE 0 END AS value,
    ${visitOf("l.visitor_id", "l.at")} AS visit
  FROM leads l JOIN setting ON l.site = setting.site
    LEFT JOIN person p ON p.visitor = l.visitor_id LEFT JOIN quarter q ON q.nth = l.at / 900000;
ALTER TABLE lead ADD channel; ALTER TABLE lead ADD device;
UPDATE lead SET channel = (SELECT channel FROM visit WHERE rowid = lead.visit),
  device = (SELECT device FROM visit WHERE rowid = lead.visit);
${visitorDay("lead")}
CREATE INDEX temp.lead_person ON lead (person, at);
ALTER TABLE chat ADD led;
UPDATE chat SET led = EXISTS (SELECT 1 FROM lead l WHERE l.person = chat.person
  AND chat.at <= l.at AND l.at <= chat.until - (SELECT attribution - leading FROM setting));`;

/** Visitor-days: a person on a day, in the hour and the group of the day's first visit. */
const DAYS = `CREATE TEMP TABLE unit AS
  SELECT person, day, at, hour, week, channel, device, covers AS covered, could AS eligible FROM (
    SELECT *, row_number() OVER (PARTITION BY person, day ORDER BY at, id) AS nth,
      max(eligible) OVER (PARTITION BY person, day) AS could,
      max(eligible AND covered) OVER (PARTITION BY person, day) AS covers FROM visit) WHERE nth = 1;
ALTER TABLE unit ADD engaged; ALTER TABLE unit ADD after_chat; ALTER TABLE unit ADD after_proactive;
ALTER TABLE unit ADD lead; ALTER TABLE unit ADD first_order; ALTER TABLE unit ADD first_order_id; ALTER TABLE unit ADD again;
UPDATE unit SET
  engaged = EXISTS (SELECT 1 FROM chat c WHERE c.person = unit.person AND c.of_day = unit.day AND c.answered IS NOT NULL),
  after_chat = EXISTS (SELECT 1 FROM chat c WHERE c.person = unit.person AND c.of_day = unit.day
    AND c.answered IS NOT NULL AND c.bought),
  after_proactive = coalesce((SELECT c.decision IS NOT NULL AND c.bought FROM chat c
    WHERE c.person = unit.person AND c.of_day = unit.day AND c.answered IS NOT NULL ORDER BY c.at, c.id LIMIT 1), 0),
  lead = EXISTS (SELECT 1 FROM lead l WHERE l.person = unit.person AND l.of_day = unit.day),
  (first_order, first_order_id) = (SELECT o.at, o.id FROM placed o
    WHERE o.kept AND o.person = unit.person AND o.of_day = unit.day ORDER BY o.at, o.id LIMIT 1);
UPDATE unit SET again = EXISTS (SELECT 1 FROM placed o, setting WHERE o.kept AND o.person = unit.person
  AND o.id <> unit.first_order_id AND o.at >= unit.first_order AND o.at <= unit.first_order + setting.attribution);`;

/** What agents offered and filled: between any two changes of an agent or an hour nothing changes. */
const AGENTS = `CREATE TEMP TABLE online AS SELECT agent_id AS agent, max(1, capacity) AS places, started_at AS since,
    coalesce(ended_at, setting.now) AS until FROM agent_states JOIN setting ON agent_states.site = setting.site
  WHERE state = 'online';
CREATE TEMP TABLE busy AS SELECT agent, since, coalesce(until, (SELECT now FROM setting)) AS until FROM held
  WHERE agent IS NOT NULL;
CREATE INDEX temp.online_agent ON online (agent, since); CREATE INDEX temp.busy_agent ON busy (agent, since);
CREATE TEMP TABLE edge AS
  SELECT agent, since AS at FROM online UNION SELECT agent, until FROM online
  UNION SELECT agent, since FROM busy UNION SELECT agent, until FROM busy;
INSERT INTO edge SELECT DISTINCT x.agent, q.nth * 900000 FROM (
    SELECT agent, since, until FROM online UNION ALL SELECT agent, since, until FROM busy) x
  JOIN quarter q ON q.nth > x.since / 900000 AND q.nth * 900000 < x.until;
CREATE TEMP TABLE stretch AS
  SELECT e.agent, e.at, e.ms, q.hour, q.day, q.week,
    coalesce((SELECT max(o.places) FROM online o WHERE o.agent = e.agent AND o.since <= e.at AND e.at < o.until), 0)
      AS places,
    (SELECT count(*) FROM busy b WHERE b.agent = e.agent AND b.since <= e.at AND e.at < b.until) AS chats
  FROM (SELECT DISTINCT agent, at, lead(at) OVER (PARTITION BY agent ORDER BY at) - at AS ms FROM (
    SELECT DISTINCT agent, at FROM edge)) e
  JOIN quarter q ON q.nth = e.at / 900000 WHERE e.ms > 0;`;

/**
 * Who had which conversation, how it went on, and which canned answers were sent in it. A row of `hand` is a conversation
 * in the row of one agent; of `answer`, in that of one answer of one agent.
 */
const HANDS = `CREATE TEMP TABLE move AS
  SELECT c.id AS chat, h.value ->> 'kind' AS kind, h.value ->> 'from' AS giver, h.value ->> 'to' AS taker,
    h.value ->> 'skill' AS skill
  FROM conversations c JOIN setting ON c.site = setting.site, json_each(c.handovers) h;
CREATE INDEX temp.move_chat ON move (chat);
CREATE TEMP TABLE used AS
  SELECT c.id AS chat, u.value ->> 'agent' AS agent, u.value ->> 'canned' AS canned, u.value ->> 'edited' AS edited
  FROM conversations c JOIN setting ON c.site = setting.site, json_each(c.canned) u;
CREATE INDEX temp.used_chat ON used (chat);
CREATE TEMP TABLE had AS
  SELECT id AS chat, agent FROM chat WHERE agent IS NOT NULL AND told
  UNION SELECT chat, giver FROM move WHERE kind <> 'taken_back' AND giver IS NOT NULL
  UNION SELECT chat, taker FROM move WHERE kind <> 'taken_back' AND taker IS NOT NULL;
CREATE INDEX temp.had_chat ON had (chat, agent);
CREATE TEMP TABLE hand AS SELECT c.id, c.at, c.hour, c.day, c.week, a.agent FROM chat c
  JOIN (SELECT chat, agent FROM had UNION SELECT chat, agent FROM used) a ON a.chat = c.id;
CREATE TEMP TABLE answer AS SELECT c.*, a.answer AS canned FROM chat c
  JOIN (SELECT DISTINCT chat, canned || ':' || agent AS answer FROM used) a ON a.chat = c.id;`;

/**
 * A row of a campaign begins with a visitor-day's first eligible moment in it, one of an agent, a skill or an answer with
 * the first conversation: what the visitor does that day from then on is the row's.
 */
const entry = (group: string, things: string) => `CREATE TEMP TABLE entry_${group} AS
  SELECT person, of_day AS day, at, counted, visit, ${group} FROM (
    SELECT *, row_number() OVER (PARTITION BY person, of_day, ${group} ORDER BY at, id) AS nth FROM ${things}
    WHERE ${group} IS NOT NULL) WHERE nth = 1;
CREATE INDEX temp.entry_${group}_person ON entry_${group} (person, day);`;
const ENTRIES = [
  entry("campaign", "offer"),
  entry("variant", "offer"),
  entry("agent", "chat"),
  entry("skill", "chat"),
  entry("canned", "answer"),
];

export const TABLES = [
  HOURS,
  PERSONS,
  VISITS,
  EXPOSURES,
  CHATS,
  STRETCHES,
  ORDERS,
  LEADS,
  DAYS,
  AGENTS,
  HANDS,
  ...ENTRIES,
];
