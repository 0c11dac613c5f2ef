/** What the agents' screen shows of whom, and what it leaves out. */
import { describe, expect, test } from "vitest";
import { KPI_NAMES } from "../../domain/kpi/figures.ts";
import { wilson } from "../../domain/experiments/small-counts.ts";
import {
  type AgentRow,
  againstBest,
  agentsOf,
  COLUMNS,
  OUTCOMES,
  sorted,
} from "../../web/admin/agents/view.ts";

const count = (value: number) => ({ value, numerator: value, denominator: null, n: value, interval: null });
const share = (x: number, n: number) => ({
  value: x / n,
  numerator: x,
  denominator: n,
  n,
  interval: wilson({ n, x }),
});
const rowOf = (id: string, chats: number, csat: [number, number], hours = 40): AgentRow => ({
  group: id,
  agent_hours: count(hours),
  chats_handled: count(chats),
  sales_per_agent_hour: { ...count(0.4), interval: [0.3, 0.5] },
  first_reply_median: { ...count(21), n: chats, interval: [18, 25] },
  csat: share(...csat),
});
const NAMES: Record<string, string> = { u1: "Zoé", u2: "Élise", u3: "Bea" };
const of = (...rows: AgentRow[]) => agentsOf(rows, (id) => NAMES[id] ?? id, "fr");

describe("agents", () => {
  test("OVW9: every figure that is shown is one that the API has", () => {
    const names: readonly string[] = KPI_NAMES;
    expect(COLUMNS.filter(({ kpi }) => !names.includes(kpi))).toEqual([]);
  });

  test("OVW9: they stand by name, and those of whom too little is known come last in every other order", () => {
    const agents = of(rowOf("u1", 90, [80, 90]), rowOf("u3", 12, [5, 5]), rowOf("u2", 90, [40, 50]));
    expect(agents.map(({ name }) => name)).toEqual(["Bea", "Élise", "Zoé"]);
    const by = (down: boolean) => sorted(agents, { by: "csat", down }).map(({ name }) => name);
    expect(by(true)).toEqual(["Zoé", "Élise", "Bea"]);
    expect(by(false)).toEqual(["Élise", "Zoé", "Bea"]);
  });

  test("OVW9: of few chats, answers or hours no rate is shown, but how few they were", () => {
    const [few] = of(rowOf("u1", 29, [29, 29], 7.5));
    expect(few?.figures.csat).toMatchObject({ figure: { value: null }, few: { basis: "answers", n: 29 } });
    expect(few?.figures.reply).toMatchObject({ figure: { value: null }, few: { basis: "chats", n: 29 } });
    expect(few?.figures.orders).toMatchObject({ figure: { value: null }, few: { basis: "hours", n: 7.5 } });
    expect(few?.figures.conversations).toMatchObject({ figure: { value: 29 }, few: null });
    const [enough] = of(rowOf("u1", 30, [29, 30], 8));
    for (const key of ["csat", "reply", "orders"] as const) expect(enough?.figures[key].few).toBeNull();
  });

  test("OVW10: the best is one of whom enough is known, and a gap is one only beyond chance", () => {
    const agents = of(rowOf("u1", 90, [300, 320]), rowOf("u2", 90, [150, 300]), rowOf("u3", 10, [10, 10]));
    const csat = OUTCOMES.find(({ key }) => key === "csat") ?? OUTCOMES[0];
    const [bea, elise, zoe] = agents;
    if (bea === undefined || elise === undefined || zoe === undefined || csat === undefined)
      throw new Error("three agents and a figure");
    expect(againstBest(elise, agents, csat)).toMatchObject({ best: { name: "Zoé" } });
    expect(againstBest(elise, agents, csat)?.change?.high).toBeLessThan(0);
    expect(againstBest(zoe, agents, csat)).toMatchObject({ best: { name: "Zoé" }, change: null });
    expect(againstBest(bea, agents, csat)?.change).toBeNull();
    expect(againstBest(zoe, [zoe], csat)).toBeNull();
  });
});
