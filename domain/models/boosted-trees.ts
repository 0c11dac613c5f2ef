/**
 * Scoring with gradient-boosted trees that were trained elsewhere.
 *
 * Shapes  a tree is parallel arrays, node 0 its root; a node whose `left` is negative is a leaf. `value` of a leaf is
 *         what the tree adds to the logit, its learning rate included.
 * Units   features in those of the training; thresholds are compared in single precision, in which they were found.
 * Errors  none for a tree that hangs together; a feature that is missing counts as not at or below any threshold.
 */
import { sigmoid } from "./logistic.ts";

export type Tree = {
  feature: readonly number[];
  threshold: readonly number[];
  left: readonly number[];
  right: readonly number[];
  value: readonly number[];
};

export type BoostedTrees = {
  /** The logit that everybody begins with. */
  init: number;
  trees: readonly Tree[];
};

/** The probability that the trees give `features`. */
export function scoreTrees({ init, trees }: BoostedTrees, features: readonly number[]): number {
  return sigmoid(trees.reduce((logit, tree) => logit + leafOf(tree, features), init));
}

function leafOf(tree: Tree, features: readonly number[]): number {
  let node = 0;
  // A path is no longer than the tree has nodes, whatever a broken one says.
  for (let depth = 0; depth < tree.value.length; depth += 1) {
    const left = tree.left[node] ?? -1;
    if (left < 0) break;
    const value = Math.fround(features[tree.feature[node] ?? -1] ?? Number.NaN);
    node = value <= (tree.threshold[node] ?? 0) ? left : (tree.right[node] ?? -1);
  }
  return tree.value[node] ?? 0;
}
