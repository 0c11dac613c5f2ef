/** What a condition asks of a fact, and what the fact was, in words. */
import { isScalar, comparisonOf, isBare, isRecord } from "../campaigns/operators.ts";
import { factAt, isZeroWhenAbsent } from "../campaigns/facts.ts";
import { w } from "../campaigns/words.ts";
import type { Json } from "../../../domain/visit/facts.ts";
import { duration, number } from "../../shared/format.ts";
import { locale, t } from "../session.ts";
import { y } from "./words.ts";

/** `operand` of the fact `path` as the builder words it; what it has no words for stays JSON. */
export function askedWords(path: string, operand: Json): string {
  if (isScalar(operand)) return `${w("op_is")} ${valueWords(path, operand)}`;
  if (!isRecord(operand) || Object.keys(operand).length === 0) return JSON.stringify(operand);
  const parts = Object.entries(operand).map(([sign, inner]) => {
    const comparison = comparisonOf(sign, inner);
    if (comparison === null) return JSON.stringify({ [sign]: inner });
    const said = w(`op_${comparison.operator}`);
    return isBare(comparison.operator) ? said : `${said} ${valueWords(path, comparison.value)}`;
  });
  return parts.join(", ");
}

/** What the fact `path` was; a count of what never happened is zero in earnest. */
export function factWords(path: string, value: Json): string {
  return value === null && isZeroWhenAbsent(path) ? "0" : valueWords(path, value);
}

/** A value that was asked for; seconds as a span, and what is not known by that word. */
function valueWords(path: string, value: Json): string {
  if (value === null) return y("unknownValue");
  if (Array.isArray(value)) return value.map((each) => valueWords(path, each)).join(", ");
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (typeof value === "number") {
    if (factAt(path)?.unit === "seconds") return spanWords(value);
    return number(locale.value, value, Number.isInteger(value) ? 0 : 2);
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

const DAY_SECONDS = 86_400;

/** A span of `seconds`: days where there are at least two. */
export function spanWords(seconds: number): string {
  const days = Math.floor(seconds / DAY_SECONDS);
  return days >= 2 ? y("days", { n: days }) : duration(seconds);
}
