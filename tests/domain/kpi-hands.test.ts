/** KPI50 to KPI53: how conversations change hands, and the canned answers that are sent in them, by hand and at random. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readCannedGroup } from "../../domain/kpi/counting.ts";
import type { ChatRow } from "../../domain/kpi/history.ts";
import { kpiRows, type KpiRow } from "../../domain/kpi/measure.ts";
import {
  arbitraryShop,
  chat,
  DAY,
  history,
  HOUR,
  MINUTE,
  order,
  scope,
  survey,
  T0,
  whole,
} from "./kpi-history.ts";

const to = (
  kind: "transferred" | "taken_over" | "taken_back",
  from: string,
  next: string,
  skill: string | null = null,
) => ({ at: T0, kind, from, to: next, skill }) as const;
const use = (agent: string, canned: string, edited = false) => ({ at: T0, agent, canned, edited });
const by = (groupBy: "agent" | "canned", chats: ChatRow[], more = {}): Map<string, KpiRow> =>
  new Map(kpiRows(history({ chats, ...more }), { ...scope, groupBy }).map((row) => [row.group ?? "", row]));

const CHATS = [
  // Léa asks a skill, Hugo takes it and gives it back; a supervisor takes it over.
  chat("a", T0, {
    agent: "anne",
    handovers: [
      to("taken_back", "lea", "hugo"),
      to("transferred", "lea", "hugo", "sizes"),
      to("transferred", "hugo", "lea"),
      to("taken_over", "lea", "anne"),
    ],
  }),
  chat("b", T0 + MINUTE, { agent: "lea" }),
  chat("c", T0 + 2 * MINUTE, { agent: "hugo", handovers: [to("transferred", "lea", "hugo")] }),
  chat("d", T0 + 3 * MINUTE, { agent: null, answeredAt: null }),
];

test("KPI50: a conversation stands once in the row of each agent who had it, with what they handed on and were given", () => {
  const rows = by("agent", CHATS);
  const told = (name: string) => {
    const row = rows.get(name);
    return [
      row?.chats_taken.value,
      row?.transfers.value,
      row?.transfers_received.value,
      row?.transfers_to_skill.value,
      row?.transfers_taken_over.value,
      row?.transfers_taken_back.value,
    ];
  };
  expect(told("lea")).toEqual([3, 3, 1, 1, 1, 1]);
  expect(told("hugo")).toEqual([2, 1, 2, 0, 0, 0]);
  expect(told("anne")).toEqual([1, 0, 1, 0, 0, 0]);
  expect(rows.get("lea")?.transfer_rate).toMatchObject({ value: 2 / 3, numerator: 2, denominator: 3, n: 3 });
  expect(rows.get("hugo")?.transfer_rate).toMatchObject({ value: 1 / 2, numerator: 1, denominator: 2 });
  const all = whole({ chats: CHATS });
  // Two of the three that an agent had went on; nobody had the fourth.
  expect(all.transfer_rate).toMatchObject({ value: 2 / 3, numerator: 2, denominator: 3, n: 3 });
  expect(all.transfer_rate.interval?.[0]).toBeCloseTo(0.2077, 3);
  expect(all.transfers.value).toBe(4);
  expect(whole({ chats: [] }).transfer_rate).toMatchObject({ value: null, denominator: 0 });
  // What ended before this was told says nothing of transfers, and nothing else is changed by that.
  const before = whole({ chats: [...CHATS, chat("e", T0 + 4 * MINUTE, { agent: "lea", handovers: null })] });
  expect(before.transfer_rate).toMatchObject({ numerator: 2, denominator: 3 });
  expect(before.chats_handled.value).toBe((all.chats_handled.value ?? 0) + 1);
});

test("KPI51: canned answers are counted by message, with those that were changed, and by conversation", () => {
  const chats = [
    chat("a", T0, {
      agent: "lea",
      canned: [use("lea", "can_1"), use("lea", "can_1", true), use("hugo", "can_2")],
    }),
    chat("b", T0 + MINUTE, { agent: "lea", canned: [use("lea", "can_1", true)] }),
    chat("c", T0 + 2 * MINUTE, { agent: "lea" }),
  ];
  const all = whole({ chats });
  expect(all.canned_uses.value).toBe(4);
  expect(all.canned_edited_rate).toMatchObject({ numerator: 2, denominator: 4 });
  expect(all.canned_rate).toMatchObject({ numerator: 2, denominator: 3 });
  const rows = by("agent", chats);
  expect(rows.get("lea")?.canned_rate).toMatchObject({ numerator: 2, denominator: 3 });
  // Asked for advice, Hugo never had it: what he sent is counted, and no share is made of it.
  expect(rows.get("hugo")).toMatchObject({
    canned_uses: { value: 1 },
    canned_rate: { value: null, denominator: 0 },
  });
});

test("KPI52: by canned answer, a row is one answer as one agent sent it, with what became of those conversations", () => {
  const first = chat("a", T0, {
    agent: "lea",
    closedAt: T0 + HOUR,
    canned: [use("lea", "can_1"), use("lea", "can_1", true), use("hugo", "can_1"), use("lea", "can_2")],
  });
  const second = chat("b", T0 + MINUTE, { agent: "lea", closedAt: T0 + HOUR, canned: [use("lea", "can_1")] });
  const rows = by("canned", [first, second], {
    surveys: [survey(first, { csat: 5 }), survey(second, { csat: 2, resolved: false })],
    orders: [order("a", T0 + 2 * HOUR, 30)],
  });
  expect([...rows.keys()]).toEqual(["can_1:hugo", "can_1:lea", "can_2:lea"]);
  expect(rows.get("can_1:lea")).toMatchObject({
    chats_handled: { value: 2 },
    canned_uses: { value: 3 },
    canned_edited_rate: { numerator: 1, denominator: 3 },
    csat: { numerator: 1, denominator: 2 },
    fcr: { numerator: 1, denominator: 2 },
    conversion_after_chat: { numerator: 1, denominator: 2 },
    attributed_revenue: { value: 30 },
  });
  expect(rows.get("can_1:hugo")).toMatchObject({ chats_handled: { value: 1 }, canned_uses: { value: 1 } });
  expect(readCannedGroup("can_1:usr:x")).toEqual({ canned: "can_1", agent: "usr:x" });
});

test("KPI53: whatever happened, agents' transfers and answers add up to the whole, and no share leaves 0 to 1", () => {
  fc.assert(
    fc.property(arbitraryShop(T0, 2), (shop) => {
      const asked = { ...scope, from: T0, to: T0 + 2 * DAY };
      const [all] = kpiRows(shop, asked);
      const agents = kpiRows(shop, { ...asked, groupBy: "agent" });
      const answers = kpiRows(shop, { ...asked, groupBy: "canned" });
      const sum = (rows: KpiRow[], name: "transfers_received" | "canned_uses" | "transfers") =>
        rows.reduce((total, row) => total + (row[name].value ?? 0), 0);
      expect(sum(agents, "transfers_received")).toBe(all?.transfers_received.value);
      expect(sum(agents, "canned_uses")).toBe(all?.canned_uses.value);
      expect(sum(answers, "canned_uses")).toBe(all?.canned_uses.value);
      // Where the log does not say who had it, nobody handed it on.
      expect(sum(agents, "transfers")).toBeLessThanOrEqual(all?.transfers.value ?? 0);
      for (const row of [all, ...agents, ...answers]) {
        for (const rate of [row?.transfer_rate, row?.canned_rate, row?.canned_edited_rate]) {
          const { numerator = 0, denominator = 0 } = rate ?? {};
          expect(numerator).toBeLessThanOrEqual(denominator ?? 0);
        }
      }
    }),
    { numRuns: 60 },
  );
});
