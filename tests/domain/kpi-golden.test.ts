/** Reports that other tools have got wrong, each by what went wrong, and what is right. */
import { describe, expect, test } from "vitest";
import type { HandoverKind } from "../../domain/chat/handovers.ts";
import { kpiRows } from "../../domain/kpi/measure.ts";
import type { KpiName } from "../../domain/kpi/figures.ts";
import type { ChatRow } from "../../domain/kpi/history.ts";
import { isAsked, surveyPlan, SurveyPolicy } from "../../domain/site/survey-policy.ts";
import {
  chat,
  DAY,
  history,
  HOUR,
  MINUTE,
  nineToSix,
  online,
  order,
  scope,
  SECOND,
  survey,
  T0,
  visit,
  whole,
} from "./kpi-history.ts";

const week = { from: T0 - HOUR, to: T0 + 7 * DAY, now: T0 + 30 * DAY };

describe("replies", () => {
  test("KPI33: a machine's greeting counted as the first reply: only a person's message is one", () => {
    // Greeted at once by a machine, answered by Léa after two minutes; the other never by anybody.
    const greeted = chat("ada", T0, { lastMessageAt: T0 + SECOND, answeredAt: T0 + 2 * MINUTE });
    const machineOnly = chat("bob", T0, {
      lastMessageAt: T0 + SECOND,
      answeredAt: null,
      agent: null,
      closedAt: T0 + 20 * MINUTE,
    });
    const agentStates = [online("usr_lea", T0, T0 + HOUR)];
    const parts = { chats: [greeted, machineOnly], orders: [order("bob", T0 + HOUR, 80)], agentStates };
    const row = whole(parts, { costs: { agentHour: 0, platformMonth: 0, margin: null } });
    expect(row.first_reply_median).toMatchObject({ value: 120, n: 1 });
    expect(row.chats_handled.value).toBe(1);
    expect(row.chats_without_reply.value).toBe(1);
    expect(row.cost_per_contact.denominator).toBe(1);
    expect(row.attributed_revenue.value).toBe(0);
    expect(row.abandonment_rate).toMatchObject({ numerator: 1, denominator: 2 });
  });

  test("KPI34: a conversation that came back measured from its first day: each is measured from its own first message", () => {
    const monday = chat("ada", T0, { answeredAt: null, closedAt: T0 + 5 * MINUTE });
    const friday = chat("ada", T0 + 4 * DAY + 5 * HOUR, {
      answeredAt: T0 + 4 * DAY + 5 * HOUR + 10 * MINUTE,
      closedAt: T0 + 4 * DAY + 6 * HOUR,
    });
    const row = whole({ chats: [monday, friday] }, week);
    expect(row.first_reply_median).toMatchObject({ value: 600, n: 1 });
    expect(row.first_reply_p90.value).toBe(600);
    expect(row.resolution_time_p90.value).toBe(3_600);
  });

  test("KPI34: a contact that came back within a week was not resolved at once, and both of them count", () => {
    const first = chat("ada", T0, { closedAt: T0 + HOUR });
    const second = chat("ada", T0 + 2 * DAY, { closedAt: T0 + 2 * DAY + HOUR });
    expect(whole({ chats: [first, second] }, week).fcr).toMatchObject({ numerator: 1, denominator: 2 });
  });

  test("KPI35: assigned but silent taken for served: no reply, no contact, no resolution, and counted as such", () => {
    const silent = chat("ada", T0, { assignedAt: T0 + 5 * SECOND, answeredAt: null, closedAt: T0 + HOUR });
    const served = chat("bob", T0, { assignedAt: T0 + 20 * SECOND, answeredAt: T0 + MINUTE });
    const row = whole({ chats: [silent, served] });
    expect(row.first_reply_median).toMatchObject({ value: 60, n: 1 });
    expect(row.waiting_median).toMatchObject({ value: 20, n: 1 });
    expect(row.chats_handled.value).toBe(1);
    expect(row.chats_without_reply.value).toBe(1);
    expect(row.abandoned.value).toBe(1);
    expect([row.handle_time_median.n, row.resolution_time_median.n]).toEqual([0, 0]);
  });

  test("KPI36: one night makes a mean of three hours of replies in half a minute: the median stays, and so do the hours", () => {
    const quick = Array.from({ length: 9 }, (_, index) => chat(`v${index}`, T0 + index * MINUTE));
    // Asked at 23:00 in Paris, answered at 9:01 the next day.
    const night = chat("owl", T0 + 13 * HOUR, { answeredAt: T0 + 23 * HOUR + MINUTE });
    const parts = { chats: [...quick, night] };
    const open = nineToSix("Europe/Paris");
    expect(whole(parts, { open }).first_reply_median.value).toBe(30);
    expect(whole(parts, { open }).first_reply_p90.value).toBe(30);
    const inside = { ...scope, open, businessHours: true };
    const byDay = kpiRows(history({ chats: [night] }), { ...inside, groupBy: "day" });
    expect(byDay.map((row) => row.first_reply_median.value).filter((value) => value !== null)).toEqual([60]);
  });

  test("KPI36: hours that change the screen and not what is downloaded by agent: every grouping has the same switch", () => {
    const night = chat("owl", T0 + 13 * HOUR, { answeredAt: T0 + 23 * HOUR + MINUTE, skill: "sizes" });
    const parts = history({ chats: [night], visits: [visit("owl", T0 + 13 * HOUR)] });
    const asked = { ...scope, open: nineToSix("Europe/Paris") };
    for (const groupBy of ["hour", "day", "week", "agent", "skill", "channel", "device"] as const) {
      const both = [true, false].map((businessHours) =>
        kpiRows(parts, { ...asked, groupBy, businessHours }).flatMap(({ first_reply_median: { value } }) =>
          value === null ? [] : [value],
        ),
      );
      // Ten hours and a minute, told in steps of ten minutes.
      expect(both, groupBy).toEqual([[60], [10 * 3_600]]);
    }
  });
});

describe("durations and agents", () => {
  test("KPI37: 133 chats of 1 h 09 on average in a day of six hours: silence is no handling, and no day holds more than it has", () => {
    // One after the other, 160 seconds each; the last was left open and closed for silence three days later.
    const day = Array.from({ length: 133 }, (_, index) => {
      const at = T0 + index * 160 * SECOND;
      return chat(`v${index}`, at, {
        assignedAt: at,
        answeredAt: at + 5 * SECOND,
        closedAt: at + 160 * SECOND,
      });
    });
    const last = day.at(-1);
    if (last === undefined) throw new Error("no chats");
    const forgotten = {
      ...last,
      lastMessageAt: last.startedAt + 150 * SECOND,
      closedAt: last.startedAt + 3 * DAY,
      closeReason: "idle",
    };
    const row = whole({
      chats: [...day.slice(0, -1), forgotten],
      agentStates: [online("usr_lea", T0, T0 + 6 * HOUR)],
    });
    expect(row.handle_time_median).toMatchObject({ value: 160, n: 133 });
    expect(row.handle_time_p90.value).toBe(160);
    expect(row.occupancy.numerator).toBe(133 * 160 - 10);
    expect(row.concurrency.value).toBe(1);
    expect(row.agent_hours.value).toBe(6);
  });

  test("KPI38: closed conversations and their resolution times of two different sets: one row holds one cohort", () => {
    // Begun on the first day and closed after a month; it stands in its first day, with its whole length.
    const long = chat("ada", T0, { closedAt: T0 + 30 * DAY });
    const short = chat("bob", T0, { closedAt: T0 + HOUR });
    const unhappy = chat("cyd", T0, { closedAt: T0 + HOUR });
    const parts = history({
      chats: [long, short, unhappy],
      surveys: [survey(unhappy, { resolved: false })],
    });
    const asked = { ...scope, to: T0 + 31 * DAY, now: T0 + 60 * DAY, groupBy: "week" as const };
    const [first, ...others] = kpiRows(parts, asked);
    expect(first?.chats_closed.value).toBe(3);
    expect(first?.resolution_time_p90).toMatchObject({ value: 30 * 24 * 3_600, n: 2 });
    expect(others.map((row) => row.chats_closed.value)).toEqual(others.map(() => 0));
  });

  test("KPI39: agents whose shares are of another total: the agents' rows add up to the whole", () => {
    const talks = ["usr_lea", "usr_hugo", "usr_lea", null].map((agent, index) =>
      chat(`v${index}`, T0 + index * MINUTE, { agent, answeredAt: agent === null ? null : T0 + HOUR }),
    );
    const rows = kpiRows(history({ chats: talks }), { ...scope, groupBy: "agent" });
    const handled = rows.reduce((sum, row) => sum + (row.chats_handled.value ?? 0), 0);
    expect(handled).toBe(whole({ chats: talks }).chats_handled.value);
    expect(whole({ chats: talks }).conversations.value).toBe(4);
  });
});

describe("zones and answers", () => {
  test("KPI40: a day of the server and a day of the reader: a day is the site's, and its rows are what the total is made of", () => {
    // 23:30 and 0:30 in Paris: two days there, one in UTC.
    const [evening, morning] = [T0 + 13.5 * HOUR, T0 + 14.5 * HOUR];
    const parts = history({
      visits: [visit("ada", evening), visit("bob", morning)],
      chats: [chat("ada", evening), chat("bob", morning)],
      orders: [order("ada", evening, 10), order("bob", morning, 20)],
    });
    const asked = { ...scope, from: T0, to: T0 + 2 * DAY };
    const days = kpiRows(parts, { ...asked, groupBy: "day" });
    expect(days.map((row) => [row.group, row.revenue.value])).toEqual([
      ["2026-11-19", 10],
      ["2026-11-20", 20],
      ["2026-11-21", 0],
    ]);
    const names: KpiName[] = ["visitors", "conversations", "orders", "revenue", "attributed_revenue"];
    const [total] = kpiRows(parts, asked);
    for (const groupBy of ["hour", "day", "week"] as const) {
      const rows = kpiRows(parts, { ...asked, groupBy });
      for (const name of names) {
        expect(
          rows.reduce((sum, row) => sum + (row[name].value ?? 0), 0),
          name,
        ).toBe(total?.[name].value);
      }
    }
  });

  test("KPI41: a visitor who is asked once and never again: each conversation is asked, and who did not answer is in sight", () => {
    const talks = [T0, T0 + DAY, T0 + 2 * DAY].map((at) => chat("ada", at, { closedAt: at + HOUR }));
    const [first, second] = talks;
    if (first === undefined || second === undefined) throw new Error("no chats");
    const parts = {
      chats: talks,
      // The second answer came five days later: it stands where its conversation does.
      surveys: [survey(first, { csat: 2 }), survey(second, { csat: 5, at: T0 + 6 * DAY })],
    };
    const row = whole(parts, week);
    expect(row.csat).toMatchObject({ value: 0.5, numerator: 1, denominator: 2, too_few: true });
    expect(row.csat_response_rate).toMatchObject({ numerator: 2, denominator: 3 });
    const days = kpiRows(history(parts), { ...scope, ...week, groupBy: "day" });
    expect(days.map((day) => day.csat.value).slice(0, 3)).toEqual([0, 1, null]);
  });

  test("KPI64: a survey is sent for a share only, and its rate told of all: it is of those who were asked", () => {
    // Ten conversations, of which the site asks the half; four answer.
    const talks = Array.from({ length: 10 }, (_, index) =>
      chat(`v${index}`, T0 + index * MINUTE, { closedAt: T0 + HOUR, surveyAsked: index < 5 }),
    );
    const surveys = talks.slice(0, 4).map((of) => survey(of, { csat: 4, nps: 9 }));
    const row = whole({ chats: talks, surveys });
    for (const name of ["csat_response_rate", "nps_response_rate", "survey_response_rate"] as const)
      expect(row[name], name).toMatchObject({ value: 0.8, numerator: 4, denominator: 5 });
    expect(row.csat).toMatchObject({ value: 1, n: 4, too_few: true });
    expect(row.chats_handled.value).toBe(10);
    // Nobody told of these whether they were asked: each one was, as it used to be.
    const before = talks.map((talk) => ({ ...talk, surveyAsked: null }));
    expect(whole({ chats: before, surveys }).csat_response_rate).toMatchObject({
      numerator: 4,
      denominator: 10,
    });
  });

  test("KPI65: a contact was asked twice within a day: with a rest of 30 days once, and the second is in no rate", () => {
    const policy = SurveyPolicy.parse({ contact_days: 30 });
    const talks: ChatRow[] = [];
    let askedAt: number | null = null;
    for (const startedAt of [T0, T0 + 5 * HOUR, T0 + 31 * DAY]) {
      const talk = chat("ada", startedAt, { closedAt: startedAt + HOUR });
      const plan = surveyPlan(policy, askedAt, startedAt);
      const surveyAsked = isAsked(plan, { conversation: talk.id, answered: true, wanted: false });
      if (surveyAsked) askedAt = talk.closedAt;
      talks.push({ ...talk, surveyAsked });
    }
    expect(talks.map(({ surveyAsked }) => surveyAsked)).toEqual([true, false, true]);
    const surveys = talks.slice(0, 1).map((of) => survey(of, { csat: 5 }));
    expect(whole({ chats: talks, surveys }).csat_response_rate).toMatchObject({
      numerator: 1,
      denominator: 1,
    });
    const months = { ...week, to: T0 + 40 * DAY, now: T0 + 60 * DAY };
    expect(whole({ chats: talks, surveys }, months).csat_response_rate).toMatchObject({
      numerator: 1,
      denominator: 2,
    });
  });

  test("KPI66: asked only where the agent wants it, or by the site itself: rates are of those asked, and every answer counts", () => {
    const ended = { closedAt: T0 + HOUR };
    const wanted = [true, true, false, false].map((surveyAsked, index) =>
      chat(`v${index}`, T0 + index * MINUTE, { ...ended, surveyAsked }),
    );
    const [first, , third] = wanted;
    if (first === undefined || third === undefined) throw new Error("no chats");
    const byAgent = whole({ chats: wanted, surveys: [survey(first, { csat: 5 })] });
    expect(byAgent.csat_response_rate).toMatchObject({ value: 0.5, numerator: 1, denominator: 2 });
    // The third was not asked here, and its answer came by the site's own way.
    const both = [survey(first, { csat: 5 }), survey(third, { csat: 1 })];
    const mixed = whole({ chats: wanted, surveys: both });
    expect(mixed.csat).toMatchObject({ value: 0.5, n: 2 });
    expect(mixed.csat_response_rate).toMatchObject({ numerator: 2, denominator: 3 });
    const never = wanted.map((talk) => ({ ...talk, surveyAsked: false }));
    const own = whole({ chats: never, surveys: both });
    expect(own.csat).toMatchObject({ value: 0.5, n: 2 });
    expect(own.survey_response_rate).toMatchObject({ numerator: 2, denominator: 2 });
    expect(whole({ chats: never }).survey_response_rate).toMatchObject({ value: null, denominator: 0 });
  });

  test("KPI67: asked once in a lifetime: each new conversation that ends asks again where the site sets no rest", () => {
    const plan = (askedAt: number | null) => surveyPlan(SurveyPolicy.parse({}), askedAt, T0 + DAY);
    const talks = [T0, T0 + HOUR, T0 + DAY].map((at, index) => {
      const talk = chat("ada", at, { closedAt: at + 10 * MINUTE });
      const moment = { conversation: talk.id, answered: true, wanted: false };
      return { ...talk, surveyAsked: isAsked(plan(index === 0 ? null : T0), moment) };
    });
    const surveys = talks.map((of, index) => survey(of, { csat: index + 3 }));
    const row = whole({ chats: talks, surveys }, week);
    expect(row.csat_mean).toMatchObject({ value: 4, n: 3 });
    expect(row.csat_response_rate).toMatchObject({ numerator: 3, denominator: 3 });
  });

  test("KPI41: recommendation, effort and resolution have response rates of their own", () => {
    const talks = [chat("ada", T0, { closedAt: T0 + HOUR }), chat("bob", T0, { closedAt: T0 + HOUR })];
    const row = whole({
      chats: talks,
      surveys: talks.slice(0, 1).map((of) => survey(of, { nps: 0, ces: 7 })),
    });
    expect(row.nps).toMatchObject({ value: -100, n: 1 });
    expect(row.csat.value).toBeNull();
    expect(row.ces_mean.value).toBe(7);
    for (const name of ["nps_response_rate", "ces_response_rate", "survey_response_rate"] as const) {
      expect(row[name], name).toMatchObject({ numerator: 1, denominator: 2 });
    }
    expect(row.csat_response_rate).toMatchObject({ value: 0, numerator: 0, denominator: 2 });
  });
});

describe("who had it, and until when somebody waited", () => {
  const LEA = "usr_lea";
  const HUGO = "usr_hugo";
  const hand = (kind: HandoverKind, at: number, from: string | null, to: string | null) => ({
    kind,
    at,
    from,
    to,
    skill: null,
  });
  const rowsByAgent = (parts: Parameters<typeof history>[0]) => {
    const rows = kpiRows(history(parts), { ...scope, groupBy: "agent" });
    return (agent: string) => {
      const row = rows.find(({ group }) => group === agent);
      if (row === undefined) throw new Error(`no row of ${agent}`);
      return row;
    };
  };

  test("KPI70: assigned but silent, back to the queue, answered by another: waiting ends with the assignment that led to the answer", () => {
    const talk = chat("ada", T0, {
      queuedAt: T0,
      assignedAt: T0 + 5 * SECOND,
      answeredAt: T0 + 100 * SECOND,
      answeredBy: HUGO,
      agent: HUGO,
      closedAt: T0 + 5 * MINUTE,
      closeReason: "agent",
      handovers: [
        hand("assigned", T0 + 5 * SECOND, null, LEA),
        hand("requeued", T0 + 60 * SECOND, LEA, null),
        hand("assigned", T0 + 90 * SECOND, null, HUGO),
      ],
    });
    const row = whole({ chats: [talk] });
    expect(row.waiting_median).toMatchObject({ value: 90, n: 1 });
    expect(row.first_reply_median).toMatchObject({ value: 100, n: 1 });
    // 55 s of who was silent, and what is left from 1:30 on: half a minute of the queue is nobody's.
    expect(row.handle_time_median).toMatchObject({ value: 265, n: 1 });
    const by = rowsByAgent({ chats: [talk] });
    expect([by(LEA).waiting_median.n, by(LEA).first_reply_median.n]).toEqual([0, 0]);
    expect(by(LEA).handle_time_median).toMatchObject({ value: 55, n: 1 });
    expect(by(HUGO).waiting_median).toMatchObject({ value: 90, n: 1 });
    expect(by(HUGO).handle_time_median).toMatchObject({ value: 210, n: 1 });
    expect([by(LEA).chats_handled.value, by(HUGO).chats_handled.value]).toEqual([0, 1]);
  });

  test("KPI71 KPI72: an agent who drops out keeps what they did, and who comes after is charged with nothing of it", () => {
    // Léa takes it at 0:10, answers at 0:30, loses her line at 10:00; Hugo comes at 30:00, takes it and ends it at 35:00.
    const talk = chat("ada", T0, {
      queuedAt: T0,
      assignedAt: T0 + 10 * SECOND,
      answeredAt: T0 + 30 * SECOND,
      answeredBy: LEA,
      agent: HUGO,
      lastMessageAt: T0 + 35 * MINUTE,
      closedAt: T0 + 35 * MINUTE,
      closeReason: "agent",
      handovers: [
        hand("assigned", T0 + 10 * SECOND, null, LEA),
        hand("requeued", T0 + 10 * MINUTE, LEA, null),
        hand("assigned", T0 + 30 * MINUTE, null, HUGO),
      ],
    });
    const agentStates = [
      online(LEA, T0, T0 + 10 * MINUTE, { capacity: 1 }),
      online(HUGO, T0 + 30 * MINUTE, T0 + HOUR, { capacity: 1 }),
    ];
    const by = rowsByAgent({ chats: [talk], agentStates });
    expect(by(LEA).first_reply_median).toMatchObject({ value: 30, n: 1 });
    expect(by(LEA).waiting_median).toMatchObject({ value: 10, n: 1 });
    expect(by(LEA).handle_time_median).toMatchObject({ value: 585, n: 1 });
    expect(by(LEA).occupancy).toMatchObject({ numerator: 590, denominator: 600 });
    expect(by(LEA).chats_taken.value).toBe(1);
    expect([by(HUGO).first_reply_median.n, by(HUGO).waiting_median.n]).toEqual([0, 0]);
    expect(by(HUGO).handle_time_median).toMatchObject({ value: 300, n: 1 });
    expect(by(HUGO).occupancy).toMatchObject({ numerator: 300, denominator: 1_800 });
    expect([by(HUGO).chats_handled.value, by(HUGO).chats_closed.value]).toEqual([1, 1]);
    expect([by(LEA).transfers.value, by(HUGO).transfers_received.value]).toEqual([0, 0]);
    // Both of them had it for 14:50, told in the step of 14:45; nobody did while it waited again.
    expect(whole({ chats: [talk] }).handle_time_median.value).toBe(885);
  });

  test("KPI71: half an hour of hers and five minutes of his: after a transfer each has been busy with their own", () => {
    const talk = chat("ada", T0, {
      assignedAt: T0,
      answeredAt: T0 + 30 * SECOND,
      answeredBy: LEA,
      agent: HUGO,
      closedAt: T0 + 35 * MINUTE,
      handovers: [hand("assigned", T0, null, LEA), hand("transferred", T0 + 30 * MINUTE, LEA, HUGO)],
    });
    const agentStates = [LEA, HUGO].map((agent) => online(agent, T0, T0 + HOUR, { capacity: 1 }));
    const by = rowsByAgent({ chats: [talk], agentStates });
    expect([LEA, HUGO].map((agent) => by(agent).occupancy.value)).toEqual([0.5, 5 / 60]);
    expect([LEA, HUGO].map((agent) => by(agent).handle_time_median.value)).toEqual([1_800, 300]);
    expect(whole({ chats: [talk], agentStates }).occupancy.numerator).toBe(35 * 60);
    // As long as no room told of assignments, all of it is the last agent's.
    const before = { ...talk, answeredBy: null, handovers: talk.handovers?.slice(1) ?? null };
    expect(rowsByAgent({ chats: [before], agentStates })(HUGO).handle_time_median.value).toBe(2_100);
  });

  test("KPI73: who closes the tab in the queue after 3 s left short, after 30 s waited 30 s, whenever the room closes itself", () => {
    const leaving = [2, 3, 4, 30, 40].map((seconds, index) =>
      chat(`v${index}`, T0 + index * MINUTE, {
        answeredAt: null,
        agent: null,
        queuedAt: T0 + index * MINUTE,
        leftAt: T0 + index * MINUTE + seconds * SECOND,
        closedAt: T0 + index * MINUTE + 15 * MINUTE,
        closeReason: "idle",
      }),
    );
    const row = whole({ chats: leaving });
    expect([row.abandoned_short.value, row.abandoned.value]).toEqual([3, 2]);
    expect(row.abandoned_after_median).toMatchObject({ value: 30, n: 2 });
    expect(row.abandonment_rate).toMatchObject({ numerator: 2, denominator: 2 });
    // Rooms of before told only of the end.
    const before = leaving.map((talk) => ({ ...talk, leftAt: null }));
    expect(whole({ chats: before }).abandoned_after_median).toMatchObject({ value: 900, n: 5 });
  });
});
