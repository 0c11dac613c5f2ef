/** When a visit is covered: at an eligible moment, by a free place in a skill of what matched. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hasFreePlace } from "../../domain/desk/free-place.ts";
import { newVisitor } from "../../domain/visit/state.ts";
import { isCovered, markEligible, skillsOf } from "../../domain/visit/engage.ts";
import { pageView, track, visitorAfter } from "./visit-state.ts";

const NOW = Date.parse("2026-11-19T09:00:00Z");
const UNASKED = { taken: false, refused: [] };

describe("T105: a visit opens uncovered, and is covered at an eligible moment at which a place was free", () => {
  test("a free desk at the first page covers nothing yet", () => {
    const state = visitorAfter([pageView("/")], { covered: true, freeSlots: 3 }, NOW);
    expect(state.visit).toMatchObject({ covered: false, eligible: false });
  });

  test("an order is covered by the desk at its own moment", () => {
    const order = track("Order Completed", { order_id: "o", total: 9 });
    const after = (covered: boolean) => visitorAfter([pageView("/"), order], { covered }, NOW);
    expect(after(true).recentOrders).toMatchObject([{ covered: true }]);
    expect(after(true).visit?.covered).toBe(false);
    expect(after(false).recentOrders).toMatchObject([{ covered: false }]);
  });

  test("full when the condition holds: eligible, not covered; covered by a later moment, and then for good", () => {
    const opened = visitorAfter([pageView("/")], { covered: true }, NOW);
    const full = markEligible(opened, false, NOW + 1);
    expect(full.visit).toMatchObject({ eligible: true, covered: false });
    const later = markEligible(full, true, NOW + 2);
    expect(later.visit).toMatchObject({ eligible: true, covered: true });
    expect(markEligible(later, false, NOW + 3)).toBe(later);
    expect(markEligible(newVisitor("site", "ada", NOW), true, NOW).visit).toBeNull();
  });
});

describe("T106: free is what the skills of the campaigns that matched say", () => {
  const desk = { free_slots: 2, skills: { returns: 2, sizes: 0 }, absent_skills: { wine: 0 } };

  test("free in another skill is not covered; without a skill, anybody's place covers", () => {
    expect(hasFreePlace(desk, "sizes")).toBe(false);
    expect(hasFreePlace(desk, "returns")).toBe(true);
    expect(hasFreePlace(desk, null)).toBe(true);
    expect(hasFreePlace({ ...desk, free_slots: 0 }, null)).toBe(false);
  });

  test("a skill whose agents are away has the places of who serves every skill; one that nobody has, all", () => {
    expect(hasFreePlace(desk, "wine")).toBe(false);
    expect(hasFreePlace({ ...desk, absent_skills: { wine: 1 } }, "wine")).toBe(true);
    expect(hasFreePlace(desk, "unheard-of")).toBe(true);
    expect(hasFreePlace(desk, "constructor")).toBe(true);
  });

  test("each skill of what matched, once; null for none", () => {
    expect(skillsOf([{ skill: "sizes" }, { skill: null }, { skill: "sizes" }])).toEqual(["sizes", null]);
  });

  test("what the desk said when it was asked counts more than what was last heard of it", () => {
    expect(isCovered(["sizes"], UNASKED)).toBe(true);
    expect(isCovered([], UNASKED)).toBe(false);
    expect(isCovered(["sizes"], { taken: false, refused: ["sizes"] })).toBe(false);
    expect(isCovered(["sizes", "returns"], { taken: false, refused: ["sizes"] })).toBe(true);
    expect(isCovered(["sizes"], { taken: false, refused: [null] })).toBe(false);
    expect(isCovered([], { taken: true, refused: ["sizes"] })).toBe(true);
  });

  test("and with nothing asked, covered is exactly some skill of them free", () => {
    const skill = fc.constantFrom(null, "returns", "sizes", "wine", "none");
    fc.assert(
      fc.property(fc.array(skill), (wanted) => {
        const free = skillsOf(wanted.map((one) => ({ skill: one }))).filter((one) => hasFreePlace(desk, one));
        expect(isCovered(free, UNASKED)).toBe(wanted.some((one) => hasFreePlace(desk, one)));
      }),
    );
  });
});
