/**
 * A condition as it was read, and its two answers: whether it holds, and, where some facts are left open, whether it
 * can hold at all (Kleene's three values).
 *
 * Shapes  a `Plan` is a leaf (one fact and a test of its value) or a group. What a leaf reads its fact from is the
 *         caller's: an object of facts, or a row of values.
 *         An `any` of nothing stands for "anything", as GrowthBook publishes it.
 */
export type ValueTest = (value: unknown) => boolean;

export type LeafPlan = { kind: "leaf"; path: string; operand: unknown; test: ValueTest };
export type Plan =
  | LeafPlan
  | { kind: "all"; parts: Plan[] }
  | { kind: "any"; parts: Plan[] }
  | { kind: "not"; part: Plan };

export const NO = 0;
export const YES = 1;
export const MAYBE = 2;
export type Three = typeof NO | typeof YES | typeof MAYBE;

type Ask<S, A> = (source: S) => A;

/** Whether `plan` holds; `onLeaf` says how a leaf reads its fact. */
export function compileTest<S>(plan: Plan, onLeaf: (leaf: LeafPlan) => Ask<S, boolean>): Ask<S, boolean> {
  switch (plan.kind) {
    case "leaf":
      return onLeaf(plan);
    case "not": {
      const test = compileTest(plan.part, onLeaf);
      return (source) => !test(source);
    }
    case "all":
      return every(plan.parts.map((part) => compileTest(part, onLeaf)));
    case "any":
      return some(plan.parts.map((part) => compileTest(part, onLeaf)));
    default:
      return plan satisfies never;
  }
}

/** The commonest lengths without a loop: these run for every campaign at every beacon. */
function every<S>(tests: Ask<S, boolean>[]): Ask<S, boolean> {
  const [a, b, c] = tests;
  if (a === undefined) return () => true;
  if (b === undefined) return a;
  if (c === undefined) return (source) => a(source) && b(source);
  if (tests.length === 3) return (source) => a(source) && b(source) && c(source);
  return (source) => {
    for (const test of tests) if (!test(source)) return false;
    return true;
  };
}

function some<S>(tests: Ask<S, boolean>[]): Ask<S, boolean> {
  if (tests.length === 0) return () => true;
  return (source) => {
    for (const test of tests) if (test(source)) return true;
    return false;
  };
}

/** Whether `plan` holds, does not, or hangs on what a leaf leaves open. */
export function compileThree<S>(plan: Plan, onLeaf: (leaf: LeafPlan) => Ask<S, Three>): Ask<S, Three> {
  switch (plan.kind) {
    case "leaf":
      return onLeaf(plan);
    case "not": {
      const ask = compileThree(plan.part, onLeaf);
      return (source) => opposite(ask(source));
    }
    case "all": {
      const asks = plan.parts.map((part) => compileThree(part, onLeaf));
      return (source) => first(asks, source, NO, YES);
    }
    case "any": {
      const asks = plan.parts.map((part) => compileThree(part, onLeaf));
      return (source) => (asks.length === 0 ? YES : first(asks, source, YES, NO));
    }
    default:
      return plan satisfies never;
  }
}

function opposite(answer: Three): Three {
  if (answer === MAYBE) return MAYBE;
  return answer === YES ? NO : YES;
}

/** `decisive` as soon as one says so, else open where one is, else `otherwise`. */
function first<S>(asks: Ask<S, Three>[], source: S, decisive: Three, otherwise: Three): Three {
  let answer = otherwise;
  for (const ask of asks) {
    const one = ask(source);
    if (one === decisive) return decisive;
    if (one === MAYBE) answer = MAYBE;
  }
  return answer;
}
