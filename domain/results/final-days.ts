/**
 * A phase of which the first days are final: their units were summed for good, and of what they did since nothing more
 * counts.
 *
 * Pure.
 *
 * Units   `until` is the moment from which on days are open; money in hundredths.
 */
import type { EpochMs } from "../ids.ts";
import { type ArmSums, emptySums, SUMS } from "./sums.ts";
import type { DaySums, PhaseHistory, PhaseSums } from "./units.ts";

/** `history` of those who were first eligible from `until` on; who came before is in the final days. */
export function openHistory(history: PhaseHistory, until: EpochMs): PhaseHistory {
  const early = new Set(
    history.moments.flatMap(({ visitor, eligibleAt }) => (eligibleAt < until ? [visitor] : [])),
  );
  if (early.size === 0) return history;
  return { ...history, moments: history.moments.filter(({ visitor }) => !early.has(visitor)) };
}

/** `counted` after the `final` days. */
export function withFinalDays(final: PhaseSums, counted: PhaseSums): PhaseSums {
  const later =
    final.later === undefined
      ? counted.later
      : withFinalDays(final.later, counted.later ?? { days: {}, multiple: 0, multipleByDay: {} });
  return {
    ...counted,
    ...(later !== undefined && { later }),
    days: { ...final.days, ...counted.days },
    multiple: final.multiple + counted.multiple,
    multipleByDay: { ...final.multipleByDay, ...counted.multipleByDay },
  };
}

/**
 * A final day as it stands among the others: sums that were not yet counted when it was sealed are 0, and so is money
 * where it `isForeign`, of another currency than the site's.
 */
export function finalDay(day: DaySums, isForeign: boolean): DaySums {
  return Object.fromEntries(
    Object.entries(day).map(([arm, sums]) => {
      // Whatever was open when it was last counted has closed since: nothing of it keeps later days waiting.
      const whole = { ...emptySums(), ...sums, maturing: 0 };
      return [arm, isForeign ? withoutMoney(whole) : whole];
    }),
  );
}

const MONEY = SUMS.filter((name) => /revenue|cents|_sq$|^capped/.test(name));

function withoutMoney(sums: ArmSums): ArmSums {
  const nothing = Object.fromEntries(MONEY.map((name) => [name, 0]));
  return { ...sums, ...nothing, foreign_orders: sums.orders };
}
