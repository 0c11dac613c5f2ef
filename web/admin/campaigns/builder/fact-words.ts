/** How a fact is called and described, in the reader's language. */
import { t } from "../../session.ts";
import { factAt, OPEN_FACTS } from "../facts.ts";
import { w } from "../words.ts";
import type { SegmentName } from "./context.ts";

/** The fact's name; its path where it has none. */
export function factLabel(path: string, segments: readonly SegmentName[]): string {
  if (path.startsWith("segment.")) {
    const segment = segments.find(({ key }) => `segment.${key}` === path);
    return segment?.name ?? path;
  }
  return factAt(path) === undefined ? path : t(`fact_${path}`);
}

/** What the fact says, in a sentence. */
export function factAbout(path: string, segments: readonly SegmentName[]): string {
  const segment = segments.find(({ key }) => `segment.${key}` === path);
  if (segment !== undefined) {
    return segment.description === "" ? w("about_segment") : `${segment.description} ${w("about_segment")}`;
  }
  if (factAt(path) !== undefined) return w(`about_${path}`);
  const open = OPEN_FACTS.find((one) => path.startsWith(`${one.path}.`));
  return open === undefined ? w("about_unknown") : w(`about_${open.path}`);
}
