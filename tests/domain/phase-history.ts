/** The moments of a phase that the tests of results are made of. */
import type { EligibleMoment } from "../../domain/results/units.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const T0 = Date.parse("2026-10-19T00:00:00Z");
export const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

let made = 0;

/** First eligible at `T0`, in a visit of an hour, unless `more` says otherwise. */
export function moment(
  visitor: string,
  arm: "treated" | "holdout",
  more: Partial<EligibleMoment> = {},
): EligibleMoment {
  const eligibleAt = more.eligibleAt ?? T0;
  return {
    id: `dec_${(made += 1)}`,
    visitor,
    variant: "a",
    arm,
    eligibleAt,
    visitEndsAt: eligibleAt + HOUR,
    device: "desktop",
    browser: "Firefox",
    shown: arm === "treated",
    accepted: false,
    handleMs: 0,
    credited: [],
    ...more,
  };
}
