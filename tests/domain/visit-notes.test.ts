/** What a moment's judgement leaves in the visit (rule F1). */
import { expect, test } from "vitest";
import { MAX_OUTCOMES, noteMoment, notedIn } from "../../domain/visit/notes.ts";
import { newVisitor } from "../../domain/visit/state.ts";
import { NOON, pageView, visitorAfter } from "./visit-state.ts";

test("F1: a segment and an outcome stand once, in the order in which they first did; nothing new changes nothing", () => {
  const before = visitorAfter([pageView("/")]);
  const notes = {
    segments: ["hot", "hot"],
    outcomes: [
      ["cmp_1", "schedule"],
      ["cmp_1", "schedule"],
      ["cmp_1", "capacity"],
      ["cmp_2", "outranked"],
    ] as const,
  };
  const once = noteMoment(before, notes, NOON);
  expect(notedIn(once)).toEqual({
    segments: ["hot"],
    outcomes: { cmp_1: ["schedule", "capacity"], cmp_2: ["outranked"] },
  });
  expect(noteMoment(once, notes, NOON + 1)).toBe(once);
  const later = noteMoment(once, { segments: ["hot", "lost"], outcomes: [["cmp_1", "treated"]] }, NOON + 2);
  expect(notedIn(later)).toEqual({
    segments: ["hot", "lost"],
    outcomes: { cmp_1: ["schedule", "capacity", "treated"], cmp_2: ["outranked"] },
  });
});

test("F1: history learns of it under the visit's next revision", () => {
  const before = visitorAfter([pageView("/")]);
  const [announced] = Object.values(before.waiting);
  const after = noteMoment(before, { segments: ["hot"], outcomes: [["cmp_1", "holdout"]] }, NOON);
  const [record] = Object.values(after.waiting);
  expect(record).toMatchObject({
    table: "sessions",
    revision: (announced?.revision ?? 0) + 1,
    segments: ["hot"],
    outcomes: { cmp_1: ["holdout"] },
  });
  expect(after.outbox).toMatchObject([{ revision: record?.revision }]);
});

test("F1: without a visit nothing is noted, and one visit remembers a bounded number of campaigns", () => {
  const nobody = newVisitor("demo", "ada", NOON);
  expect(noteMoment(nobody, { segments: ["hot"], outcomes: [["cmp_1", "treated"]] }, NOON)).toBe(nobody);
  const many = Array.from(
    { length: MAX_OUTCOMES + 10 },
    (_, index) => [`cmp_${index}`, "outranked"] as const,
  );
  const noted = noteMoment(visitorAfter([pageView("/")]), { segments: [], outcomes: many }, NOON);
  expect(Object.keys(notedIn(noted).outcomes)).toHaveLength(MAX_OUTCOMES);
  const known = noteMoment(noted, { segments: [], outcomes: [["cmp_0", "treated"]] }, NOON);
  expect(notedIn(known).outcomes.cmp_0).toEqual(["outranked", "treated"]);
});
