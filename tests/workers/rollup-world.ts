/** A small world of records that touch each other's figures: few people, few days, one of them with a change of clocks. */
import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import type { HistoryMessage, HistoryRecord, RecordOf } from "../../domain/history/records.ts";
import { SURVEY_QUESTIONS } from "../../domain/site/survey-questions.ts";
import { consumeHistory } from "../../workers/history/consumer.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Friday to Tuesday around the end of summer time in Europe. */
export const FROM = Date.parse("2026-10-23T00:00:00Z");
export const TO = Date.parse("2026-10-28T00:00:00Z");
/** Some of what closed then has had its week, and some has not. */
export const NOW = Date.parse("2026-11-02T09:30:00Z");

const people = ["v1", "v2", "v3", "v4"];
const moment = fc
  .integer({ min: 0, max: (TO - FROM) / (10 * MINUTE_MS) - 1 })
  .map((at) => FROM + at * 10 * MINUTE_MS);
const visitor = fc.constantFrom(...people);
const number = (max: number) => fc.integer({ min: 0, max });
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });

const session = fc
  .record({
    n: number(7),
    visitor_id: visitor,
    at: moment,
    // Some go on over midnight, and one in a while over two.
    minutes: fc.oneof(number(90), number(900), number(3_300)),
    covered: fc.boolean(),
  })
  .chain(({ n, visitor_id, at, minutes, covered }) =>
    fc.record({ channel: maybe(fc.constantFrom("Direct", "Email")), eligible: fc.boolean() }).map((more) =>
      [1, 2].map((revision): RecordOf<"sessions"> => {
        const last_at = at + (revision === 1 ? 0 : minutes * MINUTE_MS);
        return {
          table: "sessions",
          id: `ses_${n}`,
          revision,
          visitor_id,
          user_id: null,
          started_at: at,
          last_at,
          ended_at: revision === 1 ? null : last_at,
          pages: 1,
          events: 1,
          seconds: 1,
          entry_path: null,
          referrer: null,
          utm: {},
          device_type: "mobile",
          browser: null,
          os: null,
          language: null,
          country: null,
          region: null,
          city: null,
          cart_value: 0,
          cart_items: 0,
          global_holdout: false,
          covered,
          segments: [],
          outcomes: more.eligible ? { cmp_1: ["capacity"] } : {},
          replay: null,
          ...more,
        };
      }),
    ),
  );

const exposure = fc
  .record({
    n: number(4),
    visitor_id: visitor,
    at: moment,
    arm: fc.constantFrom("treated" as const, "holdout" as const),
  })
  .map(({ n, visitor_id, at, arm }) =>
    [1, 2].map((revision): RecordOf<"exposures"> => ({
      table: "exposures",
      id: `dec_${n}`,
      revision,
      visitor_id,
      session_id: `ses_${n}`,
      campaign_id: `cmp_${n % 2}`,
      phase: 1 + (Math.floor(n / 2) % 2),
      variant: n % 3 === 0 ? "a" : "b",
      kind: n % 2 === 0 ? "chat" : "offer",
      arm,
      probability: 0.5,
      eligible_at: at,
      shown_at: revision === 1 || arm === "holdout" ? null : at + 1_000,
      opened_at: null,
      declined_at: revision === 1 || n % 2 === 0 ? null : at + 9_000,
      ignored_at: null,
      clicked_at: null,
    })),
  );

const colleague = fc.constantFrom("agent_0", "agent_1", "agent_2");
const after = fc.constantFrom(0, 5_000, 10 * MINUTE_MS, 11 * HOUR_MS);
const hands = fc.array(
  fc.oneof(
    fc.record({
      after,
      kind: fc.constantFrom("transferred" as const, "taken_over" as const, "taken_back" as const),
      from: maybe(colleague),
      to: colleague,
      skill: maybe(fc.constant("sales")),
    }),
    fc.record({
      after,
      kind: fc.constant("assigned" as const),
      from: fc.constant(null),
      to: colleague,
      skill: fc.constant(null),
    }),
    fc.record({
      after,
      kind: fc.constant("requeued" as const),
      from: colleague,
      to: fc.constant(null),
      skill: fc.constant(null),
    }),
  ),
  { maxLength: 4 },
);
/** In order, from `start` on. */
function handsFrom<T extends { after: number }>(start: number, told: readonly T[]) {
  let at = start;
  return told.map(({ after: wait, ...hand }) => ({ ...hand, at: (at += wait) }));
}
/** Two of the site's answers, and one that is none of its own. */
const CANNED = ["can_1", "can_2"];
const canned = fc.array(
  fc.record({
    at: moment,
    agent: fc.constantFrom("agent_0", "agent_1"),
    canned: fc.constantFrom(...CANNED, "can_none"),
    edited: fc.boolean(),
  }),
  { maxLength: 3 },
);

const conversation = fc
  .record({ n: number(5), visitor_id: visitor, at: moment, minutes: number(200), decision: maybe(number(4)) })
  .chain(({ n, visitor_id, at, minutes, decision }) =>
    fc
      .record({
        answered: fc.boolean(),
        open: fc.boolean(),
        overNight: fc.boolean(),
        asked: fc.boolean(),
        questions: fc.subarray([...SURVEY_QUESTIONS]),
        hands,
        canned,
        answeredBy: maybe(colleague),
        left: maybe(number(150)),
      })
      .map((more) => {
        const end = at + (more.overNight ? 14 * HOUR_MS : 0) + minutes * MINUTE_MS;
        return [1, 2, 3, 4].map((revision): RecordOf<"conversations"> => ({
          table: "conversations",
          id: `cnv_${n}`,
          revision,
          visitor_id,
          user_id: null,
          decision_id: decision === null ? null : `dec_${decision}`,
          skill: n % 2 === 0 ? "sales" : null,
          locale: null,
          page: null,
          status: revision === 4 && !more.open ? "closed" : "open",
          agent_id: more.answered && revision >= 3 ? `agent_${n % 2}` : null,
          created_at: at,
          queued_at: revision >= 2 ? at + 20_000 : null,
          assigned_at: more.answered && revision >= 3 ? at + 40_000 : null,
          first_visitor_message_at: revision >= 2 ? at + 20_000 : null,
          first_agent_message_at: more.answered && revision >= 3 ? at + 50_000 : null,
          last_message_at: revision >= 2 ? at + 50_000 : null,
          closed_at: revision === 4 && !more.open ? end : null,
          close_reason: null,
          outcome: null,
          visitor_messages: 1,
          agent_messages: 1,
          ...(revision >= 3 ? { handovers: handsFrom(at + 40_000, more.hands), canned: more.canned } : {}),
          ...(more.answered && revision >= 3 && more.answeredBy !== null
            ? { answered_by: more.answeredBy }
            : {}),
          ...(revision === 4 && !more.open && more.left !== null
            ? { left_at: Math.min(end, at + 20_000 + more.left * 1_000) }
            : {}),
          // Every other room is of before it was told.
          ...(revision === 4 && n % 2 === 0 ? { survey_asked: more.asked && !more.open } : {}),
          ...(revision === 4 && n % 4 === 0 && !more.open
            ? { survey_questions: more.asked ? more.questions : [] }
            : {}),
          text: null,
        }));
      }),
  );

const order = fc
  .record({
    n: number(5),
    by: fc.array(visitor, { minLength: 1, maxLength: 2 }),
    at: moment,
    cents: number(50_000),
  })
  .map(({ n, by, at, cents }) =>
    by.flatMap((visitor_id, index) =>
      [1, 2].map((revision): RecordOf<"orders"> => ({
        table: "orders",
        id: `ord_${n}`,
        revision,
        visitor_id,
        user_id: null,
        session_id: null,
        at: at + index * 26 * HOUR_MS,
        received_at: at + index * 26 * HOUR_MS + 500,
        total: (cents * revision) / 100,
        currency: n === 4 ? "CHF" : "EUR",
        status: revision === 1 ? "claimed" : "confirmed",
        items: 1,
        covered: n % 2 === 0,
      })),
    ),
  );

const refund = fc
  .record({ n: number(3), order: number(5), at: moment, amount: maybe(number(30_000)) })
  .map(({ n, order: of, at, amount }): RecordOf<"refunds">[] => [
    {
      table: "refunds",
      id: `ref_${n}`,
      revision: 1,
      order_id: `ord_${of}`,
      visitor_id: "v1",
      at,
      amount: amount === null ? null : amount / 100,
      status: "confirmed",
    },
  ]);

const survey = fc
  .record({ n: number(5), at: moment, csat: maybe(fc.integer({ min: 1, max: 5 })) })
  .map(({ n, at, csat }): RecordOf<"surveys">[] => [
    {
      table: "surveys",
      id: `cnv_${n}`,
      revision: 1,
      visitor_id: "v1",
      at,
      welcome: null,
      wait: null,
      answer: null,
      csat,
      nps: n,
      ces: null,
      resolved: n % 2 === 0,
      comment: null,
    },
  ]);

const lead = fc
  .record({ n: number(2), visitor_id: visitor, at: moment })
  .map(({ n, visitor_id, at }): RecordOf<"leads">[] => [
    {
      table: "leads",
      id: `lead_${n}`,
      revision: 1,
      visitor_id,
      session_id: null,
      at,
      value: n,
      currency: "EUR",
    },
  ]);

const identity = fc
  .record({ user: fc.constantFrom("u1", "u2"), visitor_id: visitor, at: moment })
  .map(({ user, visitor_id, at }): RecordOf<"identities">[] => [
    { table: "identities", id: user, revision: 1, visitor_id, at },
  ]);

const state = fc
  .record({ n: number(3), at: moment, hours: number(40), open: fc.boolean() })
  .map(({ n, at, hours, open }): RecordOf<"agent_states">[] =>
    [1, 2].map((revision) => ({
      table: "agent_states",
      id: `state_${n}`,
      revision,
      agent_id: `agent_${n % 2}`,
      state: "online",
      capacity: 2,
      started_at: at,
      ended_at: revision === 1 || open ? null : at + hours * HOUR_MS,
    })),
  );

const exempt = fc
  .record({ at: moment, revision: fc.integer({ min: 1, max: 3 }) })
  .map(({ at, revision }): RecordOf<"exempt_counts">[] => {
    const hour = Math.floor(at / HOUR_MS) * HOUR_MS;
    return [{ table: "exempt_counts", id: `${hour}-0`, revision, hour, page_views: revision }];
  });

/** What becomes of a thing that was first told otherwise: of one id, the first told stays where it began. */
function withoutContradictions(records: readonly HistoryRecord[]): HistoryRecord[] {
  const first = new Map<string, string>();
  return records.filter((record) => {
    const key = `${record.table} ${record.id} ${record.table === "identities" ? record.visitor_id : ""}`;
    if (record.table === "orders" || record.table === "exempt_counts") return true;
    const began = JSON.stringify([
      "visitor_id" in record ? record.visitor_id : null,
      "started_at" in record ? record.started_at : null,
      "created_at" in record ? [record.created_at, record.decision_id] : null,
      "eligible_at" in record ? [record.eligible_at, record.arm] : null,
      "at" in record ? record.at : null,
    ]);
    const known = first.get(key);
    if (known === undefined) first.set(key, began);
    return known === undefined || known === began;
  });
}

/** Everything that is ever told, in an order in which nobody would tell it, some of it twice. */
export const tellings: fc.Arbitrary<HistoryRecord[]> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: session },
      { weight: 2, arbitrary: exposure },
      { weight: 3, arbitrary: conversation },
      { weight: 3, arbitrary: order },
      refund,
      survey,
      lead,
      identity,
      state,
      exempt,
    ),
    { minLength: 4, maxLength: 24 },
  )
  .map((things) => withoutContradictions(things.flat()))
  .chain((records) =>
    fc.array(fc.nat(Math.max(0, records.length - 1)), { maxLength: 8 }).chain((twice) => {
      const all = [...records, ...twice.flatMap((index) => records.slice(index, index + 1))];
      return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
    }),
  );

/** Ids of canned answers are an installation's: each site has its own. */
function ofSite(record: HistoryRecord, site: string): HistoryRecord {
  if (record.table !== "conversations" || record.canned === undefined) return record;
  return { ...record, canned: record.canned.map((use) => ({ ...use, canned: `${site}_${use.canned}` })) };
}

/** Tell `records` of `site` to the consumer, in one batch of messages. */
export async function tell(site: string, records: readonly HistoryRecord[], world: Env = env): Promise<void> {
  await env.DB.batch(
    CANNED.map((id) =>
      env.DB.prepare(
        "INSERT OR IGNORE INTO resources (id, site, noun, body, created_at, updated_at) VALUES (?, ?, 'canned', '{}', 0, 0)",
      ).bind(`${site}_${id}`, site),
    ),
  );
  const messages = records.map((told, index) => {
    const record = ofSite(told, site);
    const body: HistoryMessage = {
      v: 1,
      site,
      owner: { kind: "exempt", name: `${site}:0` },
      records: [record],
    };
    return { id: `m${index}`, body, timestamp: new Date(), attempts: 1 };
  });
  const batch = createMessageBatch("aparte-history", messages);
  await consumeHistory(batch, world);
  const { explicitAcks } = await getQueueResult(batch, createExecutionContext());
  if (explicitAcks.length !== messages.length) throw new Error("a message was refused");
}

/** D1 as it is for somebody who is killed at the call that `dies` answers true for. */
export function mortal(dies: () => boolean): Env {
  const guarded = (statement: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(statement, {
      get(target, name) {
        const own: unknown = Reflect.get(target, name, target);
        if (typeof own !== "function") return own;
        if (name === "bind") return (...values: unknown[]) => guarded(target.bind(...values));
        return (...values: unknown[]) => {
          if (dies()) throw new Error("killed");
          return (own as (...given: unknown[]) => unknown).apply(target, values);
        };
      },
    });
  const unguarded = new WeakMap<D1PreparedStatement, D1PreparedStatement>();
  const db = new Proxy(env.DB, {
    get(target, name) {
      if (name === "prepare") {
        return (sql: string) => trace(target.prepare(sql));
      }
      if (name === "batch") {
        return (statements: D1PreparedStatement[]) => {
          if (dies()) throw new Error("killed");
          return target.batch(statements.map((statement) => unguarded.get(statement) ?? statement));
        };
      }
      return Reflect.get(target, name).bind(target) as unknown;
    },
  });
  function trace(statement: D1PreparedStatement): D1PreparedStatement {
    const proxy = new Proxy(guarded(statement), {
      get(target, name) {
        if (name === "bind") return (...values: unknown[]) => trace(statement.bind(...values));
        return Reflect.get(target, name, target) as unknown;
      },
    });
    unguarded.set(proxy, statement);
    return proxy;
  }
  return new Proxy(env, {
    get: (target, name) => (name === "DB" ? db : (Reflect.get(target, name) as unknown)),
  });
}
