import fc from "fast-check";
import { expect, test } from "vitest";
import { globalHoldoutSeed, inHoldout } from "../../domain/experiments/allocation.ts";
import { holdoutPeriod } from "../../domain/experiments/holdout-periods.ts";
import { readingAt, READING_ALPHA } from "../../domain/incrementality/holdout-report.ts";

const DAY = 86_400_000;
const at = (text: string) => Date.parse(text);
const moments = fc.integer({ min: at("2026-01-01"), max: at("2040-01-01") });
const draws = fc.option(fc.record({ seed: fc.uuid(), at: moments }));

test("API63: a hold-out is drawn anew with each quarter and each change, and its seed holds in between", () => {
  const draw = { seed: "drawn", at: at("2027-02-10T09:00:00Z") };
  const site = { key: "shop", holdout_draw: draw };
  const until = at("2027-04-01");
  const first = { seed: "drawn", drawnAt: draw.at, since: draw.at + 15_000, until };
  expect(holdoutPeriod(site, draw.at)).toEqual(first);
  expect(holdoutPeriod(site, until - 1)).toEqual(first);
  // Of the time before it nothing was kept: it is the draw's own period that is told.
  expect(holdoutPeriod(site, at("2026-12-31"))).toEqual(first);
  const second = { seed: "drawn:2027-04", drawnAt: until, since: until, until: at("2027-07-01") };
  expect(holdoutPeriod(site, until)).toEqual(second);
  expect(holdoutPeriod(site, at("2027-06-30T23:59:59Z"))).toEqual(second);
  expect(holdoutPeriod(site, at("2028-12-31")).seed).toBe("drawn:2028-10");
});

test("API63: a site that had a hold-out before keeps its group up to the first quarter that begins after", () => {
  const site = { key: "shop", holdout_draw: null };
  const seed = globalHoldoutSeed("shop");
  expect(holdoutPeriod(site, at("2026-11-23"))).toEqual({
    seed,
    drawnAt: null,
    since: null,
    until: at("2027-01-01"),
  });
  expect(holdoutPeriod(site, at("2027-01-01"))).toMatchObject({
    seed: `${seed}:2027-01`,
    since: at("2027-01-01"),
    until: at("2027-04-01"),
  });
});

test("API63: whoever asks within a period gets one seed, and the period after begins where it ends", () => {
  fc.assert(
    fc.property(draws, moments, moments, (draw, one, other) => {
      const site = { key: "shop", holdout_draw: draw };
      const period = holdoutPeriod(site, one);
      const begin = period.drawnAt ?? 0;
      const within = begin + (other % (period.until - begin));
      if (begin > 0) expect(holdoutPeriod(site, within)).toEqual(period);
      const next = holdoutPeriod(site, period.until);
      expect(next.seed).not.toBe(period.seed);
      expect(next.drawnAt).toBe(period.until);
    }),
  );
});

test("API63: two periods hold out the same visitor no more often than chance does", () => {
  const share = 0.1;
  const site = { key: "shop", holdout_draw: { seed: "hld_1", at: at("2027-01-05") } };
  const seeds = ["2027-01-06", "2027-04-01", "2027-07-01"].map((day) => holdoutPeriod(site, at(day)).seed);
  const visitors = Array.from({ length: 40_000 }, (_, index) => `v-${index}`);
  const held = seeds.map((seed) => new Set(visitors.filter((one) => inHoldout(one, { seed, share }))));
  for (const [index, own] of held.entries()) {
    expect(Math.abs(own.size / visitors.length - share)).toBeLessThan(0.008);
    for (const other of held.slice(index + 1)) {
      const both = visitors.filter((one) => own.has(one) && other.has(one)).length;
      expect(Math.abs(both / visitors.length - share ** 2)).toBeLessThan(0.004);
    }
  }
});

test("API63: the readings of one period share its error, and there are never more of them", () => {
  fc.assert(
    fc.property(draws, moments, (draw, moment) => {
      const { drawnAt, until } = holdoutPeriod({ key: "shop", holdout_draw: draw }, moment);
      const days = Math.ceil((until - (drawnAt ?? until)) / DAY);
      const readings = new Set(Array.from({ length: days + 1 }, (_, day) => readingAt(day)?.to ?? null));
      readings.delete(null);
      expect(readings.size * READING_ALPHA).toBeLessThanOrEqual(0.05);
    }),
  );
});
