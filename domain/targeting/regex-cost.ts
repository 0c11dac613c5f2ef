/**
 * Whether a site's own regular expression may run on every beacon: JavaScript's have no time limit, so those whose
 * cost can explode are refused when they are saved.
 *
 * Refused repetition of a group that itself repeats or chooses, backreferences, look-around, and more than
 *         `MAX_SCANS` scans over the text (each open-ended repetition is one, and so is a missing `^`;
 *         `.*` at either end costs nothing).
 */
import { patternOf } from "./operators.ts";

export const MAX_PATTERN_LENGTH = 256;
const MAX_SCANS = 2;
/** A counted repetition above this is as good as open-ended. */
const MAX_COUNT = 32;

type Group = { repeats: boolean };

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

/** One walk over the expression: what each group holds, and how often the text is scanned. */
function repetitionProblem(source: string): string | null {
  const core = source.replace(/^\^?\.\*/, "^").replace(/\.\*\$?$/, "");
  const open: Group[] = [{ repeats: false }];
  let closed: Group | null = null;
  let scans = core.startsWith("^") && !core.includes("|") ? 0 : 1;

  for (const token of tokensOf(core)) {
    const group = open.at(-1);
    if (token.startsWith("(")) {
      open.push({ repeats: false });
      closed = null;
    } else if (token === ")") {
      closed = open.length > 1 ? (open.pop() ?? null) : null;
      const outer = open.at(-1);
      if (outer && closed?.repeats) outer.repeats = true;
    } else if (isRepetition(token)) {
      if (closed?.repeats && token !== "?") {
        return "a group that repeats or chooses may not be repeated itself";
      }
      if (group) group.repeats = true;
      if (isOpenEnded(token)) scans += 1;
      closed = null;
    } else {
      if (token === "|" && group) group.repeats = true;
      closed = null;
    }
  }
  return scans > MAX_SCANS ? "too many open-ended repetitions; begin with ^ or use fewer" : null;
}

/** Escapes, classes, group openings, repetitions, and single characters. */
function tokensOf(source: string): string[] {
  return source.match(/\\.|\[(?:\\.|[^\]\\])*\]|\((?:\?[^:>]*[:>])?|[*+?]|\{\d+(?:,\d*)?\}|[^]/gu) ?? [];
}

function isRepetition(token: string): boolean {
  return /^(?:[*+?]|\{\d)/.test(token);
}

function isOpenEnded(token: string): boolean {
  if (token === "*" || token === "+") return true;
  const [, least, comma, most] = /^\{(\d+)(,?)(\d*)\}$/.exec(token) ?? [];
  if (least === undefined) return false;
  return (comma === "," && most === "") || Number(most || least) > MAX_COUNT;
}
