/** Figures of funnels and journeys in the reader's words: a share with its interval, a change in points, a page. */
import type { WireFigure } from "../../../domain/journeys/wire.ts";
import { number, percent } from "../../shared/format.ts";
import { locale } from "../session.ts";
import { f } from "./words.ts";

/** Steps of the checkout that every shop has, which nobody has named. */
const OWN_STEPS = ["cart", "checkout", "delivery", "payment", "order"];

export function stepName({ key, name }: { key: string; name: string }): string {
  return name === key && OWN_STEPS.includes(key) ? f(`own_${key}`) : name;
}

export function funnelName({ key, name }: { key: string; name: string }): string {
  return name === key && key === "checkout" ? f("own_name") : name;
}

/** A percentage, rounded to what its interval can bear. */
export function shareWords(figure: Pick<WireFigure, "value" | "interval"> | null): string {
  if (figure === null || figure.value === null) return "-";
  return percent(locale.value, figure.value, digitsOf(figure.interval));
}

/** "41.2 to 46.8 %". */
export function intervalWords({ interval }: Pick<WireFigure, "interval">): string {
  if (interval === null) return "-";
  const digits = digitsOf(interval);
  const [low, high] = interval.map((bound) => number(locale.value, bound * 100, digits));
  return f("interval", { low: low ?? "", high: high ?? "" });
}

/** A difference of shares in points, with its sign. */
export function pointsWords(value: number): string {
  const digits = Math.abs(value) < 0.1 ? 1 : 0;
  const text = number(locale.value, Math.abs(value) * 100, digits);
  const sign = value < 0 ? "−" : "+";
  // "1,8 point" and "0.8 points": French counts from two on, English all but one.
  const plural = locale.value === "fr" ? (Math.abs(value) * 100 >= 2 ? 2 : 1) : text === "1" ? 1 : 2;
  return f("points", { value: `${sign}${text}`, plural });
}

function digitsOf(interval: WireFigure["interval"]): number {
  return interval !== null && interval[1] - interval[0] > 0.06 ? 0 : 1;
}

/** A mean of answers, always with its tenths. */
export function meanNumber(value: number): string {
  const options = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return new Intl.NumberFormat(locale.value === "fr" ? "fr-FR" : "en-GB", options).format(value);
}

export function deviceWords(device: string): string {
  return f(`device_${device}`);
}

/** A kind of page as a reader sees it: what was replaced in it is said in words. */
export function pageWords(page: string): string {
  if (page === "…") return f("otherPages");
  if (page === "/") return f("home");
  return page.replaceAll(":email", f("anEmail")).replaceAll(":id", f("anId")).replaceAll(":n", f("aNumber"));
}
