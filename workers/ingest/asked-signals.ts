/**
 * Which signals the page should tell at once: those that a live campaign or a segment asks about. The others may wait
 * for the next batch.
 *
 * Shapes  `rage_click,u_turn,form`: names of signals, `form` for what becomes of a form, and `depth` for how far the page
 *         is read; "" where nothing is asked.
 */
import type { PublishedSite } from "../../domain/targeting/campaign.ts";
import { SIGNALS } from "../../domain/visit/facts.ts";
import { compiledOf } from "./judging.ts";

const known = new WeakMap<PublishedSite, string>();

/** Computed once for each published version. */
export function askedSignals(config: PublishedSite): string {
  const before = known.get(config);
  if (before !== undefined) return before;
  const { byId, segments } = compiledOf(config);
  const leaves = [...byId.values(), ...segments.values()].flatMap((each) => each.leaves);
  const names = new Set(leaves.flatMap(({ path, operand }) => namesIn(path, operand)));
  const asked = [...names].toSorted().join(",");
  known.set(config, asked);
  return asked;
}

/** A fact of the visit, or the event itself: `"event.properties.signal": "rage_click"` or `{ $in: [...] }`. */
function namesIn(path: string, operand: unknown): string[] {
  if (path.startsWith("form.")) return ["form"];
  if (path === "page.scroll") return ["depth"];
  const words = JSON.stringify(operand);
  return SIGNALS.filter(
    (name) =>
      path === `signals.${name}` || (path === "event.properties.signal" && words.includes(`"${name}"`)),
  );
}
