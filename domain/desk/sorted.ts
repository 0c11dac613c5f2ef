/**
 * A sorted table that is a value: changing it gives another one that shares nearly everything with the first.
 *
 * A treap: a search tree by (`n`, `id`) in which the heavier entry, by a hash of its id, stands above the lighter. Its
 * form follows from what is in it, whatever was put and taken before, so that two tables are compared in the time of
 * what differs. Everything but reading all takes the logarithm of the size.
 *
 * Shapes  entries are ordered by `n` and then by `id`, and are named by both; where `n` is left out, it is 0.
 */
type Node<V> = {
  id: string;
  n: number;
  value: V;
  weight: number;
  size: number;
  left: Node<V> | null;
  right: Node<V> | null;
};
type Tree<V> = Node<V> | null;
export type Difference<V> = { id: string; before: V | null; after: V | null };

export class Sorted<V> {
  readonly root: Tree<V>;

  private constructor(root: Tree<V>) {
    this.root = root;
  }

  static of<V>(): Sorted<V> {
    return new Sorted<V>(null);
  }

  get size(): number {
    return sizeOf(this.root);
  }

  get(id: string, n = 0): V | null {
    let node = this.root;
    while (node !== null) {
      const side = compare(n, id, node);
      if (side === 0) return node.value;
      node = side < 0 ? node.left : node.right;
    }
    return null;
  }

  has(id: string, n = 0): boolean {
    return this.get(id, n) !== null;
  }

  put(id: string, value: V, n = 0): Sorted<V> {
    return this.#with(inserted(this.root, id, n, value));
  }

  without(id: string, n = 0): Sorted<V> {
    return this.#with(removed(this.root, id, n));
  }

  first(): V | null {
    let node = this.root;
    while (node !== null && node.left !== null) node = node.left;
    return node?.value ?? null;
  }

  /** The entry at `index`, counted from 0. */
  at(index: number): V | null {
    let node = index < 0 ? null : this.root;
    let left = index;
    while (node !== null) {
      const before = sizeOf(node.left);
      if (left === before) return node.value;
      if (left < before) node = node.left;
      else {
        left -= before + 1;
        node = node.right;
      }
    }
    return null;
  }

  /** How many entries come before this one; null where it is not here. */
  indexOf(id: string, n = 0): number | null {
    let node = this.root;
    let before = 0;
    while (node !== null) {
      const side = compare(n, id, node);
      if (side === 0) return before + sizeOf(node.left);
      if (side > 0) before += sizeOf(node.left) + 1;
      node = side < 0 ? node.left : node.right;
    }
    return null;
  }

  /** All values in order, found only as they are asked for. */
  *values(): Generator<V, void, undefined> {
    const above: Node<V>[] = [];
    let node = this.root;
    while (node !== null || above.length > 0) {
      for (; node !== null; node = node.left) above.push(node);
      const next = above.pop();
      if (next === undefined) return;
      yield next.value;
      node = next.right;
    }
  }

  /** The first `count` values. */
  firstFew(count: number): V[] {
    const values: V[] = [];
    if (count <= 0) return values;
    for (const value of this.values()) {
      values.push(value);
      if (values.length >= count) break;
    }
    return values;
  }

  /** What is another object in `after`, new there or gone. */
  differences(after: Sorted<V>): Difference<V>[] {
    const found: Difference<V>[] = [];
    compareTrees(this.root, after.root, found);
    return found;
  }

  #with(root: Tree<V>): Sorted<V> {
    return root === this.root ? this : new Sorted(root);
  }
}

function sizeOf<V>(tree: Tree<V>): number {
  return tree === null ? 0 : tree.size;
}

function compare<V>(n: number, id: string, node: Node<V>): number {
  if (n !== node.n) return n - node.n;
  return id === node.id ? 0 : id < node.id ? -1 : 1;
}

function isHeavier<V>(a: Node<V>, b: Node<V>): boolean {
  return a.weight > b.weight || (a.weight === b.weight && compare(a.n, a.id, b) < 0);
}

function withSides<V>(node: Node<V>, left: Tree<V>, right: Tree<V>): Node<V> {
  if (left === node.left && right === node.right) return node;
  const { id, n, value, weight } = node;
  return { id, n, value, weight, size: sizeOf(left) + sizeOf(right) + 1, left, right };
}

function inserted<V>(tree: Tree<V>, id: string, n: number, value: V): Node<V> {
  if (tree === null) return { id, n, value, weight: weightOf(id), size: 1, left: null, right: null };
  const side = compare(n, id, tree);
  if (side === 0) return tree.value === value ? tree : { ...tree, value };
  if (side < 0) {
    const left = inserted(tree.left, id, n, value);
    return isHeavier(left, tree)
      ? withSides(left, left.left, withSides(tree, left.right, tree.right))
      : withSides(tree, left, tree.right);
  }
  const right = inserted(tree.right, id, n, value);
  return isHeavier(right, tree)
    ? withSides(right, withSides(tree, tree.left, right.left), right.right)
    : withSides(tree, tree.left, right);
}

function removed<V>(tree: Tree<V>, id: string, n: number): Tree<V> {
  if (tree === null) return null;
  const side = compare(n, id, tree);
  if (side === 0) return joined(tree.left, tree.right);
  return side < 0
    ? withSides(tree, removed(tree.left, id, n), tree.right)
    : withSides(tree, tree.left, removed(tree.right, id, n));
}

/** One tree of two, where all of `left` comes before all of `right`. */
function joined<V>(left: Tree<V>, right: Tree<V>): Tree<V> {
  if (left === null) return right;
  if (right === null) return left;
  return isHeavier(left, right)
    ? withSides(left, left.left, joined(left.right, right))
    : withSides(right, joined(left, right.left), right.right);
}

/** What of `tree` comes before and after (`n`, `id`), which is not in it. */
function split<V>(tree: Tree<V>, n: number, id: string): [Tree<V>, Tree<V>] {
  if (tree === null) return [null, null];
  if (compare(n, id, tree) < 0) {
    const [before, after] = split(tree.left, n, id);
    return [before, withSides(tree, after, tree.right)];
  }
  const [before, after] = split(tree.right, n, id);
  return [withSides(tree, tree.left, before), after];
}

function compareTrees<V>(before: Tree<V>, after: Tree<V>, found: Difference<V>[]): void {
  if (before === after) return;
  if (before !== null && after !== null && compare(before.n, before.id, after) === 0) {
    compareTrees(before.left, after.left, found);
    if (before.value !== after.value) found.push({ id: before.id, before: before.value, after: after.value });
    return compareTrees(before.right, after.right, found);
  }
  // The heavier of two roots is nowhere in the other tree: it would be its root.
  if (after === null || (before !== null && isHeavier(before, after))) {
    if (before === null) return;
    const [left, right] = split(after, before.n, before.id);
    compareTrees(before.left, left, found);
    found.push({ id: before.id, before: before.value, after: null });
    return compareTrees(before.right, right, found);
  }
  const [left, right] = split(before, after.n, after.id);
  compareTrees(left, after.left, found);
  found.push({ id: after.id, before: null, after: after.value });
  compareTrees(right, after.right, found);
}

/** FNV-1a, then mixed so that ids that differ in their last letter alone are far apart. */
function weightOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
