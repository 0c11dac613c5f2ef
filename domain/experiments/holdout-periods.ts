/**
 * Who belongs to the hold-out over all campaigns, and for how long: it is drawn anew with every quarter and with every
 * change of its share, so that nobody is kept out for good and no reading rests on whom an earlier draw left over.
 *
 * What a period is follows from the settings and the moment alone: whoever asks, at the edge or of history, gets the
 * same answer, and nothing has to run for a new one to begin.
 *
 * Shapes  a draw is what is kept in a site's settings; in its own quarter its seed holds as it is, in each later one
 *         with the quarter's name. Settings without a draw are older than this: their seed is the site's own, up to
 *         the quarter that begins at `ROTATES_SINCE`.
 * Units   moments are `EpochMs`; quarters are those of UTC, the same everywhere.
 * Errors  none.
 */
import type { EpochMs } from "../ids.ts";
import { globalHoldoutSeed, inHoldout } from "./allocation.ts";

export type HoldoutDraw = { seed: string; at: EpochMs };
/** `drawnAt` and `since` are null where nothing was kept of the draw. */
export type HoldoutPeriod = {
  seed: string;
  drawnAt: EpochMs | null;
  /** From when on everybody is told by this seed. */
  since: EpochMs | null;
  /** When the next one is drawn. */
  until: EpochMs;
};

const QUARTER_MONTHS = 3;
const ROTATES_SINCE = Date.UTC(2027, 0, 1);
/** A saved draw reaches everybody within ten seconds; who comes meanwhile may still be told by the seed before. */
const SETTLES_MS = 15_000;

/** The period at `at` of the site `key`; of a moment before the draw, the draw's own. */
export function holdoutPeriod(
  { key, holdout_draw: draw }: { key: string; holdout_draw: HoldoutDraw | null },
  at: EpochMs,
): HoldoutPeriod {
  const begun = quarterAt(at);
  if (draw !== null && begun <= draw.at) {
    const until = quarterAfter(quarterAt(draw.at));
    return { seed: draw.seed, drawnAt: draw.at, since: draw.at + SETTLES_MS, until };
  }
  const seed = draw?.seed ?? globalHoldoutSeed(key);
  if (draw === null && begun < ROTATES_SINCE) {
    return { seed, drawnAt: null, since: null, until: ROTATES_SINCE };
  }
  return { seed: `${seed}:${nameOf(begun)}`, drawnAt: begun, since: begun, until: quarterAfter(begun) };
}

/** Whether a visit of `visitor` that begins at `at` is kept out of every campaign. */
export function isHeldOut(
  visitor: string,
  site: Parameters<typeof holdoutPeriod>[0] & { global_holdout: number },
  at: EpochMs,
): boolean {
  const share = site.global_holdout;
  return share > 0 && inHoldout(visitor, { seed: holdoutPeriod(site, at).seed, share });
}

function quarterAt(at: EpochMs): EpochMs {
  const day = new Date(at);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth() - (day.getUTCMonth() % QUARTER_MONTHS), 1);
}

function quarterAfter(begun: EpochMs): EpochMs {
  const day = new Date(begun);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + QUARTER_MONTHS, 1);
}

const nameOf = (begun: EpochMs): string => new Date(begun).toISOString().slice(0, "YYYY-MM".length);
