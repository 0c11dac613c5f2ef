/**
 * Whether a site's own regular expression may run on every beacon: JavaScript's have no time limit, so those whose
 * cost can explode are refused when they are saved.
 *
 * Refused repetition of a group that itself repeats or chooses, backreferences, look-around, more than `MAX_SCANS`
 *         scans over the text (each open-ended repetition is one, and so is a missing `^`; only a `.*` that ends the
 *         expression costs nothing, since it always holds), and more than `MAX_WAYS` ways through its optional parts
 *         and alternatives, fewer beside two scans.
 */
import { patternOf } from "./operators.ts";

export const MAX_PATTERN_LENGTH = 256;
const MAX_SCANS = 2;
/** A counted repetition above this is as good as open-ended. */
const MAX_COUNT = 32;
const MAX_WAYS = 4_096;
/** Each way is tried at each place that the scans lead to: with two of them, few ways are as much work. */
const MAX_WAYS_OF_TWO_SCANS = 16;

type Group = { repeats: boolean; alternatives: number };

/** What is wrong with `source`, or null when it may be used. */
export function patternProblem(source: string): string | null {
  if (source.length > MAX_PATTERN_LENGTH) {
    return `an expression may have at most ${MAX_PATTERN_LENGTH} characters`;
  }
  if (patternOf(source) === null) return "this is no regular expression";
  if (/\\(?:[1-9]|k<)/.test(source.replaceAll("\\\\", ""))) return "backreferences are not allowed";
  if (/\(\?<?[=!]/.test(source)) return "look-ahead and look-behind are not allowed";
  return repetitionProblem(source);
}

const newGroup = (): Group => ({ repeats: false, alternatives: 1 });

/** One walk over the expression: what each group holds, how often the text is scanned, how many ways lead through. */
function repetitionProblem(source: string): string | null {
  const core = source.replace(/(?<!\\)\.\*$/, "");
  const open: Group[] = [newGroup()];
  let closed: Group | null = null;
  let scans = core.startsWith("^") && !core.includes("|") ? 0 : 1;
  let ways = 1;
  let previous = "";

  for (const token of tokensOf(core)) {
    const group = open.at(-1) ?? newGroup();
    const lazy = token === "?" && isRepetition(previous);
    previous = lazy ? "" : token;
    if (lazy) continue;
    if (isRepetition(token)) {
      if (closed?.repeats && token !== "?")
        return "a group that repeats or chooses may not be repeated itself";
      group.repeats = true;
      if (isOpenEnded(token)) scans += 1;
      else ways *= countsOf(token);
    }
    closed = null;
    if (token.startsWith("(")) open.push(newGroup());
    if (token === ")" && open.length > 1) {
      closed = group;
      open.pop();
      ways *= group.alternatives;
      if (group.repeats) (open.at(-1) ?? group).repeats = true;
    }
    if (token === "|") {
      group.repeats = true;
      group.alternatives += 1;
    }
  }
  if (scans > MAX_SCANS) return "too many open-ended repetitions; begin with ^ or use fewer";
  if (ways > MAX_WAYS) return "too many optional parts and alternatives";
  return scans === MAX_SCANS && ways > MAX_WAYS_OF_TWO_SCANS
    ? "too many optional parts and alternatives beside what repeats without end; begin with ^ or use fewer"
    : null;
}

/** Escapes, classes, group openings, repetitions, and single characters. */
function tokensOf(source: string): string[] {
  return source.match(/\\.|\[(?:\\.|[^\]\\])*\]|\((?:\?[^:>]*[:>])?|[*+?]|\{\d+(?:,\d*)?\}|[^]/gu) ?? [];
}

function isRepetition(token: string): boolean {
  return /^(?:[*+?]|\{\d)/.test(token);
}

function isOpenEnded(token: string): boolean {
  const [least, most] = boundsOf(token);
  return most > MAX_COUNT && most > least;
}

/** How many different counts a bounded repetition allows. */
function countsOf(token: string): number {
  const [least, most] = boundsOf(token);
  return most - least + 1;
}

function boundsOf(token: string): [least: number, most: number] {
  if (token === "?") return [0, 1];
  if (token === "*" || token === "+") return [Number(token === "+"), Number.POSITIVE_INFINITY];
  const [, least = "0", comma = "", most = ""] = /^\{(\d+)(,?)(\d*)\}$/.exec(token) ?? [];
  if (comma === "") return [Number(least), Number(least)];
  return [Number(least), most === "" ? Number.POSITIVE_INFINITY : Number(most)];
}
