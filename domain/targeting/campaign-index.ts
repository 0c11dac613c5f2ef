/**
 * Which campaigns are worth asking for one event: by the page they need, or the event they need.
 *
 * A campaign stands in one drawer only. Leaving out those of other drawers changes no answer, because what they need
 * is wrong now and time does not change it: at a later moment the page is the same and the event is a `Wake`.
 */
import { isRecord, textOf } from "./fact-values.ts";
import { isOperatorObject } from "./operators.ts";
import { WAKE_EVENT } from "./time-driven.ts";

type Condition = Readonly<Record<string, unknown>>;

/** What must be true of the page or the event before the condition can be. */
type Need = { path: string } | { prefix: string } | { events: string[] } | null;

export type CampaignIndex<T> = (path: unknown, event: unknown) => T[];

/** A drawer for each need; the answer holds every entry whose condition can be true, now or by time alone. */
export function indexByNeed<T extends { condition: Condition }>(entries: readonly T[]): CampaignIndex<T> {
  const byPath = new Map<string, T[]>();
  const byEvent = new Map<string, T[]>();
  const byPrefix = new Map<string, T[]>();
  const rest: T[] = [];
  for (const entry of entries) {
    const need = needOf(entry.condition);
    if (need === null) rest.push(entry);
    else if ("path" in need) file(byPath, need.path, entry);
    else if ("prefix" in need) file(byPrefix, need.prefix, entry);
    else for (const event of new Set(need.events)) file(byEvent, event, entry);
  }
  return (path, event) => {
    const page = textOf(path ?? null);
    const name = textOf(event ?? null);
    const begun = [...byPrefix].flatMap(([prefix, found]) => (page.startsWith(prefix) ? found : []));
    const events = new Set([name, WAKE_EVENT]);
    const called = new Set([...events].flatMap((each) => byEvent.get(each) ?? []));
    return [...rest, ...(byPath.get(page) ?? []), ...begun, ...called];
  };
}

function file<T>(drawers: Map<string, T[]>, name: string, entry: T): void {
  const drawer = drawers.get(name);
  if (drawer) drawer.push(entry);
  else drawers.set(name, [entry]);
}

function needOf(condition: Condition): Need {
  const parts = conjuncts(condition);
  const paths = parts.filter(([key]) => key === "page.path").map(([, operand]) => operand);
  const path = paths.map(equalTo).find((text) => text !== null);
  if (path !== undefined && path !== null) return { path };
  const prefix = paths.map(beginsWith).find((text) => text !== "");
  if (prefix !== undefined) return { prefix };
  const events = parts.filter(([key]) => key === "event.name").map(([, operand]) => oneOf(operand));
  const named = events.find((names) => names !== null);
  return named ? { events: named } : null;
}

/** Every path and operand that must hold for `condition` to hold. */
function conjuncts(condition: Condition): [string, unknown][] {
  return Object.entries(condition).flatMap(([key, operand]) =>
    key === "$and" && Array.isArray(operand) ? operand.filter(isRecord).flatMap(conjuncts) : [[key, operand]],
  );
}

function operatorOf(operand: unknown, name: string): unknown {
  const has = isRecord(operand) && isOperatorObject(operand) && Object.hasOwn(operand, name);
  return has ? operand[name] : undefined;
}

function equalTo(operand: unknown): string | null {
  const wanted = typeof operand === "string" ? operand : operatorOf(operand, "$eq");
  return typeof wanted === "string" ? wanted : null;
}

function oneOf(operand: unknown): string[] | null {
  const equal = equalTo(operand);
  if (equal !== null) return [equal];
  const list = operatorOf(operand, "$in");
  return Array.isArray(list) && list.every((item) => typeof item === "string") ? list : null;
}

/** The plain text with which everything that `operand`'s expression matches begins. */
function beginsWith(operand: unknown): string {
  const source = operatorOf(operand, "$regex");
  if (typeof source !== "string" || source.includes("|")) return "";
  const literal = /^\^((?:[\w/ ~%&=:@,;!"'<>-]|\\[/.\-_])*)/.exec(source);
  if (!literal) return "";
  const next = source[literal[0].length] ?? "";
  const plain = (literal[1] ?? "").replaceAll("\\", "");
  // A repetition after it makes the last character optional.
  return /[*?{]/.test(next) ? plain.slice(0, -1) : plain;
}
