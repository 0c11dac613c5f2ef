import { expect, test } from "vitest";
import type { RecordOf } from "../../domain/history/records.ts";
import { Goal } from "../../domain/site/resources.ts";
import { isEveryLead, type LeadGoal, phaseGoalOf, windowFrom } from "../../domain/site/success.ts";
import { event, track, visitorAfter } from "./visit-state.ts";

const NEWS: LeadGoal = { key: "news", event: "Newsletter Signup", value: 5 };
const QUOTE: LeadGoal = { key: "quote", event: null, value: null };
const CALL: LeadGoal = { key: "call", event: "Lead Submitted", value: 40 };

function leads(
  events: Parameters<typeof visitorAfter>[0],
  more: Parameters<typeof visitorAfter>[1] = {},
): Pick<RecordOf<"leads">, "value" | "currency" | "goals">[] {
  return Object.values(visitorAfter(events, more).waiting).flatMap((record) =>
    record.table === "leads" ? [{ value: record.value, currency: record.currency, goals: record.goals }] : [],
  );
}

test("ORD20: a goal's event tells a lead of it, worth what is told, else the goal's value", () => {
  const leadGoals = [NEWS, QUOTE];
  const told = [
    track("Newsletter Signup"),
    track("Newsletter Signup", { value: 7, currency: "USD" }),
    track("Newsletter Signup", { currency: "USD" }),
    track("newsletter signup"),
    event("page", "Newsletter Signup"),
  ];
  expect(leads(told, { leadGoals })).toEqual([
    { value: 5, currency: "EUR", goals: { news: 5 } },
    { value: 7, currency: "USD", goals: { news: 7 } },
    { value: 5, currency: "EUR", goals: { news: 5 } },
  ]);
});

test("ORD20: the usual event tells the goals that name none, and a lead where there is no goal at all", () => {
  const told = [track("Lead Submitted")];
  expect(leads(told, { leadGoals: [NEWS, QUOTE, CALL] })).toEqual([
    { value: 40, currency: "EUR", goals: { quote: null, call: 40 } },
  ]);
  expect(leads(told, { leadGoals: [NEWS] })).toEqual([{ value: null, currency: "EUR", goals: {} }]);
  // What was published before goals were cannot say which were reached.
  expect(leads(told)).toEqual([{ value: null, currency: "EUR", goals: null }]);
});

test("ORD20: an order or a contact may be a lead too; an order that is refused is none", () => {
  const leadGoals = [{ key: "first", event: "Order Completed", value: 1 }];
  const order = { order_id: "o1", total: 30, currency: "EUR" };
  expect(visitorAfter([track("Order Completed", order)], { leadGoals })).toMatchObject({ orders: 1 });
  expect(leads([track("Order Completed", order)], { leadGoals })).toHaveLength(1);
  expect(leads([track("Order Completed", { total: 30 })], { leadGoals })).toEqual([]);
});

test("API62: a phase is read by its goal as it was, else as it is, and never as sales where nothing is known", () => {
  const goal = (more: object) => Goal.parse({ key: "k", name: "K", kind: "lead", ...more });
  const sale = { kind: "sale", lead: null };
  expect(phaseGoalOf(null, null, [])).toEqual(sale);
  expect(phaseGoalOf("k", goal({ kind: "sale" }), [goal({})])).toEqual(sale);
  expect(phaseGoalOf("k", goal({ event: "E" }), [goal({ kind: "sale" })])).toEqual({
    kind: "lead",
    lead: { key: "k", event: "E" },
  });
  expect(phaseGoalOf("k", null, [goal({ kind: "sale" })])).toEqual(sale);
  expect(phaseGoalOf("k", null, [])).toEqual({ kind: "lead", lead: { key: "k", event: null } });
  expect([null, "Lead Submitted", "E"].map((name) => isEveryLead({ key: "k", event: name }))).toEqual([
    true,
    true,
    false,
  ]);
  expect([windowFrom(goal({ window_hours: 5 }), 24), windowFrom(goal({}), 24)]).toEqual([5, 24]);
});
