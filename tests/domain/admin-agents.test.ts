/** What the agents' screen shows of whom, what it leaves out, and how the API judges who is beside the best. */
import { describe, expect, test } from "vitest";
import { KPI_NAMES } from "../../domain/kpi/figures.ts";
import { wilson } from "../../domain/experiments/small-counts.ts";
import { diceOf } from "../../bench/dice.ts";
import { compareAgent } from "../../domain/kpi/agent-comparison.ts";
import {
  ANSWER_OUTCOMES,
  COLUMNS,
  type FigureRow,
  HAND_RATES,
  HANDS,
  OUTCOMES,
} from "../../domain/kpi/agent-figures.ts";
import { directionOf } from "../../domain/overview/change.ts";
import { agentsOf, sorted } from "../../web/admin/agents/view.ts";

const count = (value: number) => ({ value, numerator: value, denominator: null, n: value, interval: null });
const share = (x: number, n: number) => ({
  value: x / n,
  numerator: x,
  denominator: n,
  n,
  interval: wilson({ n, x }),
});
const rowOf = (id: string, chats: number, csat: [number, number], hours = 40): FigureRow => ({
  group: id,
  agent_hours: count(hours),
  chats_handled: count(chats),
  sales_per_agent_hour: { ...count(0.4), interval: [0.3, 0.5] },
  chats_per_agent_hour: { ...count(chats / hours), n: chats, interval: [1, 4] },
  first_reply_median: { ...count(21), n: chats, interval: [18, 25] },
  first_reply_p90: { ...count(95), n: chats, interval: [70, 130] },
  csat: share(...csat),
});
const NAMES: Record<string, string> = { u1: "Zoé", u2: "Élise", u3: "Bea" };
const of = (...rows: FigureRow[]) => agentsOf(rows, (id) => NAMES[id] ?? id, "fr");

describe("agents", () => {
  test("OVW9: every figure that is shown is one that the API has", () => {
    const names: readonly string[] = KPI_NAMES;
    const shown = [...COLUMNS, ...HANDS, ...HAND_RATES, ...ANSWER_OUTCOMES];
    expect(shown.filter(({ kpi }) => !names.includes(kpi))).toEqual([]);
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
    expect(few?.figures.cases).toMatchObject({ figure: { value: null }, few: { basis: "hours", n: 7.5 } });
    expect(few?.figures.reply90).toMatchObject({ figure: { value: null }, few: { basis: "chats", n: 29 } });
    for (const { key } of COLUMNS) {
      const { figure, few: little } = few?.figures[key] ?? {};
      if (little === null) continue;
      // Nothing that it could be worked out from.
      expect([key, figure?.numerator, figure?.denominator, figure?.interval]).toEqual([
        key,
        null,
        null,
        null,
      ]);
    }
    const [enough] = of(rowOf("u1", 30, [29, 30], 8));
    for (const key of ["csat", "reply", "reply90", "orders", "cases"] as const)
      expect(enough?.figures[key].few).toBeNull();
  });

  test("OVW10: the best is one of whom enough is known, and a gap is one only beyond chance", () => {
    const rows = [rowOf("u1", 90, [300, 320]), rowOf("u2", 90, [150, 300]), rowOf("u3", 10, [10, 10])];
    const csatOf = (id: string, all = rows) =>
      compareAgent(id, { byAgent: all, byAnswer: [], names: new Map() }).outcomes.find(
        ({ kpi }) => kpi === "csat",
      );
    expect(csatOf("u2")?.gap).toMatchObject({ best: { id: "u1" }, others: 1, verdict: "beyond_chance" });
    expect(csatOf("u2")?.gap.change?.high).toBeLessThan(0);
    expect(csatOf("u1")?.gap).toMatchObject({ best: { id: "u1" }, change: null, verdict: "best" });
    expect(csatOf("u3")).toMatchObject({
      own: { few: { basis: "answers", n: 10 } },
      gap: { change: null, verdict: "unknown" },
    });
    expect(csatOf("u1", rows.slice(0, 1))?.gap).toMatchObject({ best: null, verdict: "unknown" });
    expect(csatOf("u9")?.gap).toMatchObject({ verdict: "unknown" });
    const close = [rowOf("u1", 90, [85, 100]), rowOf("u2", 90, [80, 100])];
    expect(csatOf("u2", close)?.gap.verdict).toBe("chance");
  });

  test("OVW23: conversations per hour and the slowest tenth of first replies are compared with the best like the others", () => {
    const slow = {
      ...rowOf("u2", 90, [80, 90]),
      first_reply_p90: { ...count(300), n: 90, interval: [250, 400] },
    } as const;
    const { outcomes } = compareAgent("u2", {
      byAgent: [rowOf("u1", 180, [80, 90]), slow],
      byAnswer: [],
      names: new Map(),
    });
    const told = (kpi: string) => outcomes.find((one) => one.kpi === kpi);
    expect(told("first_reply_p90")).toMatchObject({ gap: { best: { id: "u1" }, verdict: "beyond_chance" } });
    expect(told("chats_per_agent_hour")).toMatchObject({
      own: { figure: { value: 90 / 40 } },
      gap: { best: { id: "u1" }, verdict: "chance" },
    });
  });

  test("OVW10: of a team in which all are alike, one in twenty at most is shown a gap", () => {
    const dice = diceOf(20_261_123);
    const TEAMS = 1_000;
    const TEAM = 8;
    let byItself = 0;
    let told = 0;
    for (let team = 0; team < TEAMS; team += 1) {
      const rows = Array.from({ length: TEAM }, (_, place): FigureRow => {
        const figures = OUTCOMES.map(({ kpi }) => {
          const value = 100 + dice.normal();
          return [kpi, { ...count(value), n: 100, interval: [value - 1.96, value + 1.96] }] as const;
        });
        return { group: `u${place}`, agent_hours: count(40), ...Object.fromEntries(figures) };
      });
      const { outcomes } = compareAgent("u0", { byAgent: rows, byAnswer: [], names: new Map() });
      told += outcomes.some(({ gap }) => gap.verdict === "beyond_chance") ? 1 : 0;
      byItself += outcomes.some(({ gap }) => directionOf(gap.change) !== 0) ? 1 : 0;
    }
    expect(told / TEAMS).toBeLessThanOrEqual(0.05);
    // What each interval by itself would have said.
    expect(byItself / TEAMS).toBeGreaterThan(0.3);
  });
});

describe("canned answers", () => {
  const sent = (canned: string, agent: string, csat: [number, number], uses = 200): FigureRow => ({
    group: `${canned}:${agent}`,
    canned_uses: count(uses),
    conversations: count(csat[1] * 2),
    canned_edited_rate: share(uses / 4, uses),
    csat: share(...csat),
    fcr: share(9, 10),
    conversion_after_chat: share(20, csat[1] * 2),
  });
  const names = new Map([["can_1", { title: "Retours", shortcut: "retours" }]]);
  const compared = (...byAnswer: FigureRow[]) => compareAgent("u2", { byAgent: [], byAnswer, names }).canned;

  test("OVW20: an agent's answers stand by how often they are sent, each beside the best of those who send the same", () => {
    const answers = compared(
      sent("can_1", "u1", [300, 320]),
      sent("can_1", "u2", [150, 300]),
      sent("can_1", "u3", [10, 10]),
      sent("can_2", "u2", [50, 60], 400),
      sent("can_3", "u1", [320, 320]),
    );
    expect(answers.map(({ canned, shortcut, uses, senders }) => [canned, shortcut, uses, senders])).toEqual([
      ["can_2", null, 400, 1],
      ["can_1", "retours", 200, 3],
    ]);
    const [alone, shared] = answers;
    expect(shared?.edited.figure).toMatchObject({ value: 0.25, n: 200 });
    const csat = shared?.outcomes.find(({ kpi }) => kpi === "csat");
    expect(csat?.gap).toMatchObject({ best: { id: "u1" }, others: 1, verdict: "beyond_chance" });
    expect(alone?.outcomes.map(({ gap }) => gap.verdict)).toEqual(["unknown", "unknown", "unknown"]);
    // Ten contacts say nothing, nine of them solved or not.
    expect(shared?.outcomes.find(({ kpi }) => kpi === "fcr")?.own).toMatchObject({
      figure: { value: null },
      few: { basis: "contacts", n: 10 },
    });
  });

  test("OVW20: of many answers in which all senders are alike, one agent in twenty at most is shown a gap", () => {
    const dice = diceOf(7_112_026);
    const TEAMS = 600;
    let told = 0;
    for (let team = 0; team < TEAMS; team += 1) {
      const rows = ["can_1", "can_2", "can_3", "can_4"].flatMap((canned) =>
        ["u1", "u2", "u3", "u4", "u5"].map((agent) => {
          let good = 0;
          for (let answer = 0; answer < 120; answer += 1) good += dice.chance(0.8) ? 1 : 0;
          return sent(canned, agent, [good, 120]);
        }),
      );
      const answers = compared(...rows);
      told += answers.some(({ outcomes }) => outcomes.some(({ gap }) => gap.verdict === "beyond_chance"))
        ? 1
        : 0;
    }
    expect(told / TEAMS).toBeLessThanOrEqual(0.05);
  });
});
