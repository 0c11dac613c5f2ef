/**
 * Which campaigns are worth asking at one moment: those whose most selective equality holds.
 *
 * A campaign stands in one drawer only, that of the page, the event or another fact it needs (or in one for each of
 * the values that will do). Leaving out those of other drawers changes no answer: what they need is wrong now, and
 * neither time nor a freer desk changes it. The event of a later moment is a `Wake`, so drawers of event facts are
 * opened for that too; facts of time and the desk, and segments that hang on them, make no drawers.
 */
import type { FactRow } from "./fact-row.ts";
import { isRecord, numberOf, textOf } from "./fact-values.ts";
import { isOperatorObject } from "./operators.ts";
import type { LeafPlan, Plan } from "./plan.ts";
import { WAKE_EVENT } from "./time-driven.ts";

/** The value that one fact must have. */
type Key = { path: string } & (
  | { kind: "text"; value: string }
  | { kind: "prefix"; value: string }
  | { kind: "number"; value: number }
  | { kind: "truth"; value: boolean }
);
/** One of `keys` must fit; `share` is how many of all visitors are taken to fit. */
type Need = { keys: Key[]; share: number };

type Facts = {
  slotOf: (path: string) => number;
  value: (row: FactRow, slot: number) => unknown;
  /** Whether a fact keeps its value when time passes or the desk changes; those of the event do not count. */
  stays: (path: string) => boolean;
};

export type CampaignIndex<T> = (row: FactRow) => T[];

/** How many of all visitors are taken to have one given value of a fact; it only chooses between drawers. */
const SHARES: Readonly<Record<string, number>> = {
  "page.path": 0.005,
  "page.url": 0.005,
  "page.title": 0.005,
  "session.entry_path": 0.02,
  "session.search_terms": 0.02,
  "geo.city": 0.03,
  "page.status": 0.05,
  "form.id": 0.05,
  "event.name": 0.1,
  "geo.region": 0.1,
  "funnel.name": 0.1,
  "geo.country": 0.2,
  "session.channel": 0.2,
};
const PREFIX_SHARE = 0.03;
const UTM_SHARE = 0.05;
const OTHER_SHARE = 0.3;
const TRUTH_SHARE = 0.5;

/** A drawer for each need; the answer holds every entry whose condition can be true, now or by time or desk alone. */
export function indexByNeed<T extends { plan: Plan }>(entries: readonly T[], facts: Facts): CampaignIndex<T> {
  const cabinets = new Map<string, Cabinet>();
  const rest: number[] = [];
  for (const [index, { plan }] of entries.entries()) {
    const need = needOf(plan, facts.stays);
    if (need === null) rest.push(index);
    for (const key of need?.keys ?? []) {
      const cabinet = cabinets.get(key.path) ?? new Cabinet(key.path, facts.slotOf(key.path));
      cabinets.set(key.path, cabinet);
      cabinet.file(key, index);
    }
  }
  const all = [...cabinets.values()];
  // When an entry was last found: one may stand in several of the drawers that a moment opens.
  const foundIn = new Float64Array(entries.length);
  let turn = 0;
  return (row) => {
    const found: T[] = [];
    turn += 1;
    const take: Take = (indexes) => {
      for (let at = 0; at < indexes.length; at += 1) {
        const index = indexes[at] ?? 0;
        const entry = entries[index];
        if (entry === undefined || foundIn[index] === turn) continue;
        foundIn[index] = turn;
        found.push(entry);
      }
    };
    take(rest);
    for (const cabinet of all) cabinet.open(facts.value(row, cabinet.slot), take);
    return found;
  };
}

type Take = (indexes: readonly number[]) => void;

/** The drawers of one fact, each with the indexes of what was filed there. */
class Cabinet {
  readonly slot: number;
  /** What this fact is for a `Wake`, where it is one of the event. */
  readonly #wake: string | null | undefined;
  readonly #texts = new Map<string, number[]>();
  readonly #numbers = new Map<number, number[]>();
  readonly #truths = new Map<boolean, number[]>();
  /** By their length, the shortest first. */
  readonly #prefixes: { length: number; drawers: Map<string, number[]> }[] = [];
  readonly #filed: number[] = [];

  constructor(path: string, slot: number) {
    this.slot = slot;
    if (path.startsWith("event.")) this.#wake = path === "event.name" ? WAKE_EVENT : null;
  }

  file(key: Key, index: number): void {
    this.#filed.push(index);
    switch (key.kind) {
      case "text":
        return push(this.#texts, key.value, index);
      case "number":
        return push(this.#numbers, key.value, index);
      case "truth":
        return push(this.#truths, key.value, index);
      case "prefix":
        return push(this.#prefixesOf(key.value.length), key.value, index);
      default:
        return key satisfies never;
    }
  }

  #prefixesOf(length: number): Map<string, number[]> {
    const known = this.#prefixes.find((each) => each.length === length);
    if (known !== undefined) return known.drawers;
    const drawers = new Map<string, number[]>();
    this.#prefixes.push({ length, drawers });
    this.#prefixes.sort((a, b) => a.length - b.length);
    return drawers;
  }

  /** Takes what stands in the drawers of `value`; what is no plain value might fit any of them. */
  open(value: unknown, take: Take): void {
    if (typeof value === "object" && value !== null) return take(this.#filed);
    this.#openFor(value, take);
    if (this.#wake !== undefined && this.#wake !== value) this.#openFor(this.#wake, take);
  }

  #openFor(value: unknown, take: Take): void {
    if (this.#numbers.size > 0) take(this.#numbers.get(numberOf(value)) ?? NOTHING);
    if (this.#truths.size > 0 && value !== null) take(this.#truths.get(Boolean(value)) ?? NOTHING);
    if (this.#texts.size === 0 && this.#prefixes.length === 0) return;
    const text = typeof value === "string" ? value : textOf(value);
    take(this.#texts.get(text) ?? NOTHING);
    for (const { length, drawers } of this.#prefixes) {
      if (length > text.length) break;
      take(drawers.get(text.slice(0, length)) ?? NOTHING);
    }
  }
}

const NOTHING: readonly number[] = [];

function push<K>(drawers: Map<K, number[]>, key: K, index: number): void {
  const drawer = drawers.get(key);
  if (drawer) drawer.push(index);
  else drawers.set(key, [index]);
}

/** How many of all visitors are taken to be let through by what of `plan`, whose facts stay, makes a drawer. */
export function shareOf(plan: Plan): number {
  return needOf(plan, () => true)?.share ?? 1;
}

/** What must hold for `plan` to hold, as far as equalities tell: the rarest of them. */
function needOf(plan: Plan, stays: Facts["stays"]): Need | null {
  switch (plan.kind) {
    case "leaf":
      return stays(plan.path) ? leafNeed(plan) : null;
    case "not":
      return null;
    case "all": {
      const needs = plan.parts.map((part) => needOf(part, stays)).filter((need) => need !== null);
      return needs.reduce<Need | null>((a, b) => (a === null || b.share < a.share ? b : a), null);
    }
    case "any": {
      const needs = plan.parts.map((part) => needOf(part, stays));
      // An `any` of nothing holds for everybody.
      if (needs.length === 0 || needs.includes(null)) return null;
      const keys = needs.flatMap((need) => need?.keys ?? []);
      return { keys, share: needs.reduce((sum, need) => sum + (need?.share ?? 0), 0) };
    }
    default:
      return plan satisfies never;
  }
}

function leafNeed({ path, operand }: LeafPlan): Need | null {
  const share = SHARES[path] ?? (path.startsWith("session.utm.") ? UTM_SHARE : OTHER_SHARE);
  if (typeof operand === "string") return { keys: [{ path, kind: "text", value: operand }], share };
  if (typeof operand === "boolean") {
    return { keys: [{ path, kind: "truth", value: operand }], share: TRUTH_SHARE };
  }
  if (typeof operand === "number") {
    return Number.isNaN(operand) ? null : { keys: [{ path, kind: "number", value: operand }], share };
  }
  if (!isRecord(operand) || !isOperatorObject(operand)) return null;
  const needs = Object.entries(operand).flatMap(
    ([name, inner]) => operatorNeed(path, name, inner, share) ?? [],
  );
  return needs.reduce<Need | null>((a, b) => (a === null || b.share < a.share ? b : a), null);
}

function operatorNeed(path: string, name: string, operand: unknown, share: number): Need | null {
  if (name === "$eq" && isPlain(operand)) {
    return { keys: [{ path, kind: "text", value: textOf(operand) }], share };
  }
  if (name === "$in" && Array.isArray(operand) && operand.every(isPlain)) {
    const texts = [...new Set(operand.map((item) => textOf(item)))];
    return { keys: texts.map((value) => ({ path, kind: "text", value })), share: share * texts.length };
  }
  const prefix = name === "$regex" ? beginning(operand) : "";
  return prefix === "" ? null : { keys: [{ path, kind: "prefix", value: prefix }], share: PREFIX_SHARE };
}

/** A value that equals no other kind of value; a fact that is an object or a list opens every drawer. */
function isPlain(value: unknown): boolean {
  return value === null || typeof value !== "object";
}

/** The plain text with which everything that the expression matches begins. */
function beginning(source: unknown): string {
  if (typeof source !== "string" || source.includes("|")) return "";
  const literal = /^\^((?:[\w/ ~%&=:@,;!"'<>-]|\\[/.\-_])*)/.exec(source);
  if (!literal) return "";
  const next = source[literal[0].length] ?? "";
  const plain = (literal[1] ?? "").replaceAll("\\", "");
  // A repetition after it makes the last character optional.
  return /[*?{]/.test(next) ? plain.slice(0, -1) : plain;
}
