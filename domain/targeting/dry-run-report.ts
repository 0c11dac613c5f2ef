/**
 * A dry run counted: visitors from all who came to those who would have been shown something, and what stopped the rest.
 *
 * A visitor counts once, under what became of them in the end: shown, else held out, else the last gate that refused.
 * So those whose condition held are those who were stopped, held out and shown, together.
 *
 * Units   hours are `EpochMs` of their beginning; they count moments, of which a visitor may have several.
 */
import type { EpochMs } from "../ids.ts";
import type { VisitorRun } from "./dry-run.ts";
import { type OutcomeCode, OUTCOMES } from "./outcome.ts";
import { HOUR_MS } from "./zone.ts";

export type DryRunHour = { hour: EpochMs; shown: number; heldOut: number };
export type DryRunReport = {
  visits: number;
  visitors: number;
  /** Visitors for whom the condition held at some moment. */
  matched: number;
  stopped: { reason: OutcomeCode; visitors: number }[];
  eligible: number;
  shown: number;
  heldOut: number;
  /** Eligible moments by the hour, hours without any left out. */
  hours: DryRunHour[];
  /** From the first moment that was replayed to the last. */
  span: { from: EpochMs; to: EpochMs } | null;
};

export class DryRunTally {
  #visits = 0;
  #visitors = 0;
  #span: DryRunReport["span"] = null;
  readonly #finals = new Map<OutcomeCode, number>();
  readonly #hours = new Map<EpochMs, DryRunHour>();

  add(run: VisitorRun): void {
    this.#visitors += 1;
    this.#visits += run.visits;
    this.#stretch(run.span);
    const final = finalOf(run.codes);
    if (final !== null) this.#finals.set(final, (this.#finals.get(final) ?? 0) + 1);
    for (const { at, arm } of run.exposures) {
      const hour = at - (at % HOUR_MS);
      const counted = this.#hours.get(hour) ?? { hour, shown: 0, heldOut: 0 };
      const more = arm === "treated" ? { shown: counted.shown + 1 } : { heldOut: counted.heldOut + 1 };
      this.#hours.set(hour, { ...counted, ...more });
    }
  }

  report(): DryRunReport {
    const shown = this.#finals.get("treated") ?? 0;
    const heldOut = this.#finals.get("holdout") ?? 0;
    const stopped = OUTCOMES.filter((code) => code !== "treated" && code !== "holdout").flatMap((reason) => {
      const visitors = this.#finals.get(reason) ?? 0;
      return visitors === 0 ? [] : [{ reason, visitors }];
    });
    return {
      visits: this.#visits,
      visitors: this.#visitors,
      matched: shown + heldOut + stopped.reduce((sum, { visitors }) => sum + visitors, 0),
      stopped,
      eligible: shown + heldOut,
      shown,
      heldOut,
      hours: [...this.#hours.values()].toSorted((a, b) => a.hour - b.hour),
      span: this.#span,
    };
  }

  #stretch(span: VisitorRun["span"]): void {
    if (span === null) return;
    const { from, to } = this.#span ?? span;
    this.#span = { from: Math.min(from, span.from), to: Math.max(to, span.to) };
  }
}

/** What became of a visitor in the end; null where the condition never held. */
export function finalOf(codes: readonly OutcomeCode[]): OutcomeCode | null {
  if (codes.includes("treated")) return "treated";
  if (codes.includes("holdout")) return "holdout";
  return codes.at(-1) ?? null;
}

/** With fewer displays than this a measured acceptance says next to nothing, and is not reckoned with. */
export const MIN_DISPLAYS = 30;

export type Chats = { perHour: number; busiestHour: number };

/**
 * The conversations that `report` makes at `acceptance`, the share of those shown who accept: over all hours of the
 * span, and in the busiest one. Null where nothing was replayed.
 */
export function chatsOf({ hours, span }: DryRunReport, acceptance: number): Chats | null {
  if (span === null) return null;
  const first = Math.floor(span.from / HOUR_MS);
  const count = Math.floor(span.to / HOUR_MS) - first + 1;
  const shown = hours.map((hour) => hour.shown);
  const total = shown.reduce((sum, one) => sum + one, 0);
  return { perHour: (total / count) * acceptance, busiestHour: Math.max(0, ...shown) * acceptance };
}
