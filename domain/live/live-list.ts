/**
 * The visitors of a site as its open lists show them: who is here, who of them is shown, what has changed since the
 * lists were told last.
 *
 * Busiest first: by what lies in the cart, then by who was seen last. Lists show the first `MOST_SHOWN`, and how many
 * there are.
 *
 * Units   `EpochMs`.
 */
import type { LiveVisitor } from "../desk/wire.ts";
import type { EpochMs } from "../ids.ts";
import { liveVisitor, type VisitReport } from "./visit-report.ts";

export const MOST_SHOWN = 200;
/** More than these a desk does not remember: the least busy are forgotten, and counted by nobody. */
export const MOST_KNOWN = 5_000;
/** Who was not heard of for so long has left. */
export const GONE_AFTER_MS = 30_000;

export type LiveChange = { live: LiveVisitor[]; left: string[]; total: number };

export class LiveList {
  readonly #present = new Map<string, VisitReport>();
  /** What the lists have, by visitor. */
  #shown = new Map<string, VisitReport>();
  #total = 0;

  /** A later report replaces an earlier one, whichever arrives first. */
  hear(reports: readonly VisitReport[]): void {
    for (const report of reports) {
      const known = this.#present.get(report.visitor);
      if (known === undefined || known.seenAt <= report.seenAt) this.#present.set(report.visitor, report);
    }
    if (this.#present.size <= MOST_KNOWN) return;
    for (const { visitor } of busiest(this.#present.values()).slice(MOST_KNOWN)) {
      this.#present.delete(visitor);
    }
  }

  find(visitor: string, now: EpochMs): VisitReport | null {
    const known = this.#present.get(visitor);
    return known === undefined || isGone(known, now) ? null : known;
  }

  /** All that is to be shown now, to somebody who has just opened the list. */
  whole(now: EpochMs): LiveChange {
    const shown = this.#look(now);
    return { live: shown.map(liveVisitor), left: [], total: this.#present.size };
  }

  /** What the open lists do not know yet, which from now on they do; null where nothing is new. */
  change(now: EpochMs): LiveChange | null {
    const before = this.#shown;
    const totalBefore = this.#total;
    const shown = this.#look(now);
    this.#shown = new Map(shown.map((report) => [report.visitor, report]));
    this.#total = this.#present.size;
    const live = shown.filter((report) => before.get(report.visitor) !== report).map(liveVisitor);
    const left = [...before.keys()].filter((visitor) => !this.#shown.has(visitor));
    if (live.length === 0 && left.length === 0 && totalBefore === this.#total) return null;
    return { live, left, total: this.#total };
  }

  /** Nobody looks any more. */
  forget(): void {
    this.#present.clear();
    this.#shown = new Map();
    this.#total = 0;
  }

  #look(now: EpochMs): VisitReport[] {
    for (const [visitor, report] of this.#present) if (isGone(report, now)) this.#present.delete(visitor);
    return busiest(this.#present.values()).slice(0, MOST_SHOWN);
  }
}

function isGone({ seenAt }: VisitReport, now: EpochMs): boolean {
  return now - seenAt >= GONE_AFTER_MS;
}

function busiest(reports: Iterable<VisitReport>): VisitReport[] {
  return [...reports].sort(
    (a, b) =>
      (b.cart_value ?? 0) - (a.cart_value ?? 0) || b.seenAt - a.seenAt || (a.visitor < b.visitor ? -1 : 1),
  );
}
