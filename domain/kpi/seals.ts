/**
 * How far a site's figures are final, and what they were counted in: a sealed day is never counted again.
 *
 * Shapes  `Sealed` is what is kept of a site; its stretches follow each other without gaps, oldest first, each from the
 *         end of the one before: a new one begins where the site's zone or currency had changed.
 * Units   `EpochMs`; `until` is outside.
 */
import * as z from "zod";
import type { EpochMs } from "../ids.ts";

const Stretch = z.object({ until: z.int(), zone: z.string(), currency: z.string() });
type Stretch = z.infer<typeof Stretch>;

export const Sealed = z.object({
  /** What happened before it is counted for good. */
  until: z.int(),
  /** The first local day after it, `YYYY-MM-DD`, in the zone of the last stretch. */
  openDay: z.string(),
  /** When it was last moved. */
  at: z.int(),
  stretches: z.array(Stretch),
});
export type Sealed = z.infer<typeof Sealed>;

export const UNSEALED: Sealed = { until: 0, openDay: "0000-01-01", at: 0, stretches: [] };

/** `sealed` up to `until`, which begins `openDay`, for a site of this zone and currency. */
export function sealUntil(
  sealed: Sealed,
  { until, openDay, zone, currency }: Stretch & { openDay: string },
  now: EpochMs,
): Sealed {
  const last = sealed.stretches.at(-1);
  const isSame = last?.zone === zone && last.currency === currency;
  const before = isSame ? sealed.stretches.slice(0, -1) : sealed.stretches;
  return { until, openDay, at: now, stretches: [...before, { until, zone, currency }] };
}

/** What the stretch holds that ends at `to`: sealed whole, or not at all. */
export function isSealed({ until }: Sealed, { to }: { to: EpochMs }): boolean {
  return to <= until;
}

type CountedAs = { zone: string; currency: string };

/** Whether all that was sealed of the stretch was counted in this zone and currency. */
export function isSealedAs(
  { stretches }: Sealed,
  { from, to }: { from: EpochMs; to: EpochMs },
  { zone, currency }: CountedAs,
): boolean {
  let since = 0;
  for (const one of stretches) {
    const touches = since < to && one.until > from;
    if (touches && (one.zone !== zone || one.currency !== currency)) return false;
    since = one.until;
  }
  return true;
}

/** In which currency what was counted at `at` is; null where it is not sealed. */
export function currencyAt({ stretches }: Sealed, at: EpochMs): string | null {
  return stretches.find(({ until }) => at < until)?.currency ?? null;
}
