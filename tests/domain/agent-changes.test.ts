/** The agents' figures beside the period before: what is compared, with what interval, and which differences chance explains. */
import { describe, expect, test } from "vitest";
import { diceOf } from "../../bench/dice.ts";
import { wilson } from "../../domain/experiments/small-counts.ts";
import { agentChanges, COMPARED } from "../../domain/kpi/agent-changes.ts";
import type { FigureRow } from "../../domain/kpi/agent-figures.ts";
import { judgedDirection } from "../../domain/overview/change.ts";
import type { Difference } from "../../domain/overview/difference.ts";
import { columnsOf, comparedOf, SET_NAMES, setOf, sortIn } from "../../web/admin/agents/view.ts";

const count = (value: number) => ({ value, numerator: value, denominator: null, n: value, interval: null });
const share = (x: number, n: number) => ({
  value: n === 0 ? null : x / n,
  numerator: x,
  denominator: n,
  n,
  interval: wilson({ n, x }),
});
const median = (value: number, n: number) => ({
  value,
  numerator: value,
  denominator: null,
  n,
  interval: [value * 0.9, value * 1.1] as const,
});
type Made = { chats?: number; reply?: number; csat?: [number, number]; hours?: number };
const rowOf = (
  group: string | null,
  { chats = 200, reply = 40, csat = [90, 120], hours = 60 }: Made = {},
): FigureRow => ({
  group,
  agent_hours: count(hours),
  chats_handled: count(chats),
  first_reply_median: median(reply, chats),
  handle_time_median: median(300, chats),
  occupancy: { value: 0.5, numerator: 50, denominator: 100, n: 100, interval: null },
  csat: share(...csat),
  revenue_per_agent_hour: { ...count(30), interval: [20, 40] },
});
const periodOf = (rows: FigureRow[], whole: Made = {}) => ({ byAgent: rows, whole: rowOf(null, whole) });

describe("agents beside the period before", () => {
  test("OVW30: each and all together stand with what they were, the difference and its interval, and what orders bring without", () => {
    const now = periodOf([rowOf("u1", { chats: 240, reply: 20 })], { chats: 240, reply: 20 });
    const before = periodOf([rowOf("u1", { chats: 200, reply: 60 })], { chats: 200, reply: 60 });
    const rows = agentChanges(now, before);
    expect(rows.map(({ agent }) => agent)).toEqual(["u1", null]);
    const of = comparedOf({ rows });
    for (const agent of ["u1", null]) {
      expect(of(agent, { kpi: "chats_handled" })).toMatchObject({
        before: { figure: { value: 200 }, few: null },
        change: { value: 40, low: null, high: null, p: null },
      });
      const reply = of(agent, { kpi: "first_reply_median" })?.change;
      expect(reply).toMatchObject({ value: -40 });
      expect(reply?.low).toBeLessThan(-40);
      expect(reply?.high).toBeLessThan(0);
      expect(judgedDirection(reply ?? null)).toBe(-1);
      // Of how long a chat takes, neither way is better; of what has no interval, nothing can be ruled out.
      expect(of(agent, { kpi: "handle_time_median" })?.change).toMatchObject({ value: 0, p: null });
      expect(of(agent, { kpi: "occupancy" })?.change).toEqual({ value: 0, low: null, high: null, p: null });
    }
    for (const kpi of ["sales_per_agent_hour", "revenue_per_agent_hour"]) {
      expect(COMPARED.map((column) => column.kpi)).not.toContain(kpi);
      expect(of("u1", { kpi })).toBeUndefined();
    }
  });

  test("OVW30: what is too little, now or then, is compared with nothing, and nothing of it is told but how few", () => {
    const enough = rowOf("u1");
    const few = rowOf("u1", { chats: 29, csat: [29, 29], hours: 7 });
    for (const [now, then] of [
      [enough, few],
      [few, enough],
    ] as const) {
      const of = comparedOf({ rows: agentChanges(periodOf([now]), periodOf([then])) });
      for (const kpi of ["first_reply_median", "csat", "occupancy"])
        expect([kpi, of("u1", { kpi })?.change]).toEqual([kpi, null]);
      expect(of("u1", { kpi: "agent_hours" })?.change).not.toBeNull();
    }
    const withheld = comparedOf({ rows: agentChanges(periodOf([enough]), periodOf([few])) });
    expect(withheld("u1", { kpi: "csat" })?.before).toMatchObject({
      figure: { value: null, numerator: null, interval: null },
      few: { basis: "answers", n: 29 },
    });
  });

  test("OVW30: who was not there then had no conversations and no rate; who is not there now has no row", () => {
    const rows = agentChanges(periodOf([rowOf("new")]), periodOf([rowOf("gone")]));
    expect(rows.map(({ agent }) => agent)).toEqual(["new", null]);
    const of = comparedOf({ rows });
    expect(of("new", { kpi: "chats_handled" })).toMatchObject({
      before: { figure: { value: 0 } },
      change: { value: 200 },
    });
    expect(of("new", { kpi: "csat" })).toMatchObject({ before: { few: { n: 0 } }, change: null });
  });

  test("OVW30: of a team in which nothing changed, one table in twenty at most has a colour", () => {
    const dice = diceOf(20_261_124);
    const TABLES = 400;
    const TEAM = 8;
    const drawn = (): [number, number] => {
      const n = 200;
      let good = 0;
      for (let nth = 0; nth < n; nth += 1) good += dice.next() < 0.8 ? 1 : 0;
      return [good, n];
    };
    const team = () =>
      periodOf(Array.from({ length: TEAM }, (_, nth) => rowOf(`u${nth}`, { csat: drawn() })));
    const isColoured = (change: Difference | null) => judgedDirection(change) !== 0;
    let coloured = 0;
    for (let nth = 0; nth < TABLES; nth += 1) {
      const rows = agentChanges(team(), team());
      if (rows.some(({ figures }) => figures.some(({ change }) => isColoured(change)))) coloured += 1;
    }
    expect(coloured / TABLES).toBeLessThanOrEqual(0.05);
  });

  test("OVW31: a set has few columns, the sets have all of them, and what an address cannot name is the first", () => {
    const shown = new Set(SET_NAMES.flatMap((set) => columnsOf(set).map(({ key }) => key)));
    expect(shown.size).toBe(14);
    for (const set of SET_NAMES) expect(columnsOf(set).length).toBeLessThanOrEqual(7);
    const main = columnsOf("main").map(({ key }) => key);
    expect(main).toEqual(expect.arrayContaining(["conversations", "reply", "handle", "occupancy", "csat"]));
    expect([setOf(undefined), setOf("pace"), setOf("toString")]).toEqual(["main", "pace", "main"]);
    expect(sortIn({ by: "orders", down: true }, columnsOf("main"))).toEqual({ by: "name", down: false });
    expect(sortIn({ by: "csat", down: true }, columnsOf("main"))).toEqual({ by: "csat", down: true });
  });
});
