/**
 * Whether a score finds those whom treating changes, from a randomised sample.
 *
 * Everybody is taken by score, highest first, and after each the gain is read off: what the treated among them bought
 * more than the controls among them would have in the treated's number.
 *
 * Shapes  `y`, `t` and `score` are parallel; `t` is 1 for treated. Equal scores keep their order. Null where an arm is
 *         empty.
 * Units   `qiniArea` in outcomes, the others per treated or per unit.
 * Errors  none.
 */
export type Randomised = { y: readonly number[]; t: readonly number[]; score: readonly number[] };

export type UpliftMetrics = {
  /** The area between the gain curve and the straight line to its end. */
  qiniArea: number;
  qiniPerTreated: number;
  /** The area under the curve of uplift × population reached, per unit. */
  auuc: number;
  auucMinusRandom: number;
  totalUplift: number;
};

type Reached = { treated: number; controls: number; treatedBought: number; controlsBought: number };

export function upliftMetrics({ y, t, score }: Randomised): UpliftMetrics | null {
  const n = y.length;
  const reached: Reached = { treated: 0, controls: 0, treatedBought: 0, controlsBought: 0 };
  const gains = new Trapezium();
  const uplifts = new Trapezium();
  for (const at of score.map((_, index) => index).sort((a, b) => (score[b] ?? 0) - (score[a] ?? 0))) {
    reach(reached, t[at] === 1, y[at] ?? 0);
    gains.next(gainOf(reached));
    uplifts.next(upliftOf(reached) * (reached.treated + reached.controls));
  }
  if (reached.treated === 0 || reached.controls === 0) return null;
  const qiniArea = gains.sum / n - gainOf(reached) / 2;
  const totalUplift = upliftOf(reached);
  const auuc = uplifts.sum / n / n;
  return {
    qiniArea,
    qiniPerTreated: qiniArea / reached.treated,
    auuc,
    auucMinusRandom: auuc - totalUplift / 2,
    totalUplift,
  };
}

/** The area under a curve of equal steps that begins at 0. */
class Trapezium {
  sum = 0;
  #last = 0;

  next(value: number): void {
    this.sum += (this.#last + value) / 2;
    this.#last = value;
  }
}

function reach(reached: Reached, treated: boolean, bought: number): void {
  if (treated) {
    reached.treated += 1;
    reached.treatedBought += bought;
  } else {
    reached.controls += 1;
    reached.controlsBought += bought;
  }
}

/** Nothing before the first control: there is nobody to compare with. */
const gainOf = ({ treated, controls, treatedBought, controlsBought }: Reached) =>
  controls === 0 ? 0 : treatedBought - (controlsBought * treated) / controls;

const upliftOf = ({ treated, controls, treatedBought, controlsBought }: Reached) =>
  (treated === 0 ? 0 : treatedBought / treated) - (controls === 0 ? 0 : controlsBought / controls);
