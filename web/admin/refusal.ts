/**
 * What the server or the condition's reader refused, in the reader's language.
 *
 * Shapes  a `Refused` is one sentence by the refusal's code or field; `detail` is the server's own text, in English,
 *         kept beside it for whoever must find the cause.
 */
import { ApiFailure } from "../shared/api.ts";
import type { Fault, Refused } from "./campaigns/fault.ts";
import { keysOfPlace } from "./refusal-keys.ts";
import { t } from "./session.ts";

/** How the reader of conditions words a problem, and the key of the same in the reader's language. */
const CONDITIONS: readonly [RegExp, string][] = [
  [/^there is no fact "(?<name>.*)"; did you mean "(?<near>.*)"\?$/, "cond_fact"],
  [/^there is no segment "(?<name>[^"]*)"/, "cond_segment"],
  [/^it would ask about itself/, "cond_circle"],
  [/^unknown operator (?<name>.+)$/, "cond_operator"],
  [/^(?<name>\S+) stands beside names/, "cond_mixed"],
  [/^nested deeper than/, "cond_deep"],
  [/^a condition (?:must be|is) an object/, "cond_object"],
  [/^needs a list of conditions$/, "cond_list"],
  [/regular expression|backreferences|look-ahead|group that repeats/, "cond_pattern"],
  [/JSON/, "cond_json"],
];

/** The words of `failure` for a banner. */
export function sayRefusal(failure: ApiFailure): Refused {
  if (failure.status === 0) return { said: t("network"), detail: null };
  if (failure.status >= 500) return { said: t("serverFault"), detail: null };
  const said = failure.message.includes("last admin") ? t("lastAdmin") : known(`refused_${failure.code}`);
  return { said: said ?? t("refused_other"), detail: failure.message };
}

/** The complaint of `failure` about the field at its path, for that field; null where it names none. */
export function faultOf(failure: ApiFailure): Fault | null {
  const { path, code, message } = failure;
  return path === null ? null : { path, message, said: sayField(path, code) };
}

/** The words of a problem inside of a condition. */
export function sayCondition(message: string): Refused {
  for (const [pattern, key] of CONDITIONS) {
    const found = pattern.exec(message);
    if (found !== null) return { said: t(key, { ...found.groups }), detail: message };
  }
  return { said: t("at_condition"), detail: message };
}

function sayField(path: string, code: string): string {
  for (const key of keysOfPlace(path, code)) {
    const words = known(key);
    if (words !== null) return words;
  }
  return t("at_other");
}

function known(key: string): string | null {
  const words = t(key);
  return words === key ? null : words;
}
