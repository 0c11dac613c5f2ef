/** A campaign while it is edited: values, changes, phases, two editors, and what history tells (R-M1, R-M3, R-M8, R-M9). */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Campaign } from "../../domain/targeting/campaign.ts";
import { PHASE_FIELDS } from "../../domain/targeting/campaign.ts";
import type { Json } from "../../domain/visit/facts.ts";
import {
  changedFields,
  DRAFT_FIELDS,
  draftOf,
  keepBoth,
  meetingsOf,
  newDraft,
  nextVariantKey,
  patchOf,
  phaseChanges,
  sharesOf,
  type Draft,
} from "../../web/admin/campaigns/draft.ts";
import { faultAt } from "../../web/admin/campaigns/fault.ts";
import { isoOfLocal, localOf } from "../../web/admin/campaigns/local-time.ts";
import {
  printList,
  printScalar,
  readList,
  readScalar,
  typeFor,
} from "../../web/admin/campaigns/scalar-text.ts";
import { linesOf } from "../../web/admin/talk/play.ts";

const scalar: fc.Arbitrary<Json> = fc.oneof(
  fc.string(),
  fc.constantFrom("3", "true", "null", '"3"', "01234", "1.50", " x ", "a,b", "-0"),
  fc.integer(),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((value) => !/e/.test(String(value)) && !Object.is(value, -0)),
  fc.boolean(),
  fc.constant(null),
);
const type = fc.constantFrom("number" as const, "text" as const, "flag" as const, "free" as const);

const live: Draft = { ...newDraft(), name: "Cart help", status: "live" };

describe("a value as a line of text", () => {
  test("R-M3: a value that is shown and read again is the same value of the same type", () => {
    fc.assert(
      fc.property(type, scalar, (fact, value) => {
        const shown = typeFor(fact, value);
        expect(readScalar(shown, printScalar(shown, value))).toStrictEqual(value);
      }),
      { numRuns: 1_000 },
    );
  });

  test("R-M3: so is a list", () => {
    fc.assert(
      fc.property(fc.array(scalar), (values) => {
        expect(readList(printList(values))).toStrictEqual(values);
      }),
      { numRuns: 1_000 },
    );
  });

  test("R-M3: a number is read as French writes it, and a postcode stays text", () => {
    expect(readScalar("number", "12,5")).toBe(12.5);
    expect(readScalar("free", "01234")).toBe("01234");
    expect(readScalar("free", '"3"')).toBe("3");
  });
});

describe("what a save sends and starts", () => {
  test("R-M8: only what changed is sent, and an absent cap is no change", () => {
    expect(patchOf(live, { ...live, priority: 7 })).toEqual({ priority: 7 });
    expect(changedFields(live, { ...live, caps: { ...live.caps, per_days: null } })).not.toContain("name");
    expect(changedFields(live, structuredClone(live))).toEqual([]);
  });

  test("R-M9: exactly the contract's fields of a campaign that has run start a phase", () => {
    const other: Draft = {
      ...live,
      name: "Other",
      kind: "offer",
      condition: { "page.path": "/a" },
      schedule: { from: "2026-12-01T00:00:00.000Z" },
      priority: 9,
      caps: { per_session: 2 },
      holdout: 0.4,
      requires_agent: false,
      skill: "sizes",
      goal: "sale",
      window_hours: 24,
      planned_end: "2026-12-24T00:00:00.000Z",
      exempt_ok: true,
      value: 12,
      namespace: { key: "summer", from: 0, to: 0.5 },
      allocation: "bandit",
      variants: [{ key: "b", weight: 1, creative: {} }],
    };
    expect(phaseChanges(live, other).toSorted()).toEqual([...PHASE_FIELDS].toSorted());
    expect(phaseChanges({ ...live, status: "draft" }, other)).toEqual([]);
    expect(phaseChanges(live, { ...other, status: "paused" })).toEqual([]);
    expect(phaseChanges({ ...live, status: "paused" }, other)).toContain("holdout");
  });

  test("R-M8: a campaign read and left alone is sent nothing of", () => {
    const campaign: Campaign = {
      ...live,
      id: "cmp_1",
      version: 3,
      phase: 1,
      created_at: "2026-11-01T00:00:00.000Z",
      updated_at: "2026-11-02T00:00:00.000Z",
    };
    expect(draftOf(campaign)).toEqual(live);
    expect(Object.keys(draftOf(campaign)).toSorted()).toEqual([...DRAFT_FIELDS].toSorted());
  });
});

describe("two editors", () => {
  const mine: Draft = { ...live, holdout: 0.2, name: "Mine" };
  const theirs: Draft = { ...live, priority: 50, name: "Theirs" };

  test("R-M8: keeping both takes each one's own changes, and mine where both changed one field", () => {
    expect(keepBoth(live, mine, theirs)).toEqual({ ...live, holdout: 0.2, priority: 50, name: "Mine" });
    expect(keepBoth(live, mine, theirs, new Map([["name", "theirs"]])).name).toBe("Theirs");
  });

  test("R-M8: both versions are told field by field, with what both changed", () => {
    const fields = meetingsOf(live, mine, theirs);
    expect(fields.map(({ field, both }) => [field, both])).toEqual([
      ["name", true],
      ["priority", false],
      ["holdout", false],
    ]);
  });
});

describe("small things of the editor", () => {
  test("shares of the variants and the hold-out make the whole", () => {
    const variants = [
      { key: "a", weight: 0.6, creative: {} },
      { key: "b", weight: 0.2, creative: {} },
    ];
    const shares = sharesOf({ variants, holdout: 0.2 });
    expect(shares[0]).toBeCloseTo(0.6);
    expect(shares[1]).toBeCloseTo(0.2);
    expect(sharesOf({ variants: [{ key: "a", weight: 0, creative: {} }], holdout: 0 })).toEqual([0]);
    expect(nextVariantKey({ variants })).toBe("c");
  });

  test("R-M10: a fault belongs to the field that it names and to those around it", () => {
    const fault = { path: "variants.1.weight", message: "no", said: "non" };
    expect(faultAt(fault, "variants.1.weight")).toEqual({ said: "non", detail: "no" });
    expect(faultAt(fault, "variants.1")).toEqual({ said: "non", detail: "no" });
    expect(faultAt(fault, "variants.10")).toBeUndefined();
    expect(faultAt(null, "name")).toBeUndefined();
  });

  test("R-M4: a moment is written on the site's clock and read back, over the change of clocks too", () => {
    const moments = fc.date({
      min: new Date("2020-01-01"),
      max: new Date("2035-01-01"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moments, fc.constantFrom("Europe/Paris", "Asia/Kathmandu", "UTC"), (moment, zone) => {
        const minute = new Date(Math.floor(moment.getTime() / 60_000) * 60_000).toISOString();
        const local = localOf(minute, zone);
        const back = isoOfLocal(local, zone);
        // The hour that comes twice has one name: its first coming is meant.
        expect(localOf(back, zone)).toBe(local);
        expect(Date.parse(minute) - Date.parse(back ?? "")).toBeGreaterThanOrEqual(0);
        expect(Date.parse(minute) - Date.parse(back ?? "")).toBeLessThanOrEqual(3_600_000);
      }),
    );
    expect(localOf("2026-11-29T17:00:00.000Z", "Europe/Paris")).toBe("2026-11-29T18:00");
    expect(isoOfLocal("soon", "Europe/Paris")).toBeNull();
    expect(localOf(null, "Europe/Paris")).toBe("");
  });

  test("a stored log reads as a play: words, notes marked, entrances, nothing left out", () => {
    const at = "2026-11-22T14:32:00.000Z";
    const from = { role: "visitor", id: "v", name: null };
    const lines = linesOf([
      { type: "event", seq: 2, at, name: "assigned", agent: { id: "usr_1", name: "Léa" } },
      { type: "message", seq: 1, at, from, kind: "text", body: "Bonjour" },
      {
        type: "message",
        seq: 3,
        at,
        from: { role: "agent", id: "usr_1", name: "Léa" },
        kind: "note",
        body: "VIP",
      },
      { type: "event", seq: 4, at, name: "moved_on" },
    ]);
    expect(lines).toEqual([
      { kind: "said", seq: 1, at, role: "visitor", name: null, body: "Bonjour", note: false },
      { kind: "entrance", seq: 2, at, words: "event_assigned", name: "Léa" },
      { kind: "said", seq: 3, at, role: "agent", name: "Léa", body: "VIP", note: true },
      { kind: "entrance", seq: 4, at, words: "event_other", name: "moved_on" },
    ]);
  });
});
