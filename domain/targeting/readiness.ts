/**
 * What a campaign lacks to go live. A draft may be unfinished; what is live must have something to show and a time to
 * show it.
 *
 * Shapes  each lack names its place in the campaign, as every refusal does.
 *         An offer without a code, and content without a slot, are cards as any other: their words are enough.
 */
import { wordsIn } from "../creative/words.ts";
import type { CampaignInput, CreativeText } from "./campaign.ts";
import type { Problem } from "./condition.ts";

type Unready = Pick<CampaignInput, "kind" | "variants" | "schedule">;

/** What stands against `campaign` being live, all of it. */
export function readinessProblems({ kind, variants, schedule }: Unready): Problem[] {
  const { from, to } = schedule;
  const never = from && to && Date.parse(to) <= Date.parse(from);
  return [
    ...variants.flatMap(({ creative }, index) =>
      creativeProblems(kind, wordsByLocale(creative), `variants.${index}.creative`),
    ),
    ...weightProblems(variants),
    ...(never ? [{ path: "schedule.to", message: "it ends before it begins, so it would never run" }] : []),
  ];
}

/** Weights are relative to each other: among nothing but zeros nobody has a share. */
function weightProblems(variants: Unready["variants"]): Problem[] {
  if (variants.some(({ weight }) => weight > 0)) return [];
  const message = "all weights are 0, so nobody would be shown anything; give at least one variant a weight";
  return [{ path: "variants.0.weight", message }];
}

/** What is read in each language that the variant has, the other's words filled in. */
function wordsByLocale(creative: Unready["variants"][number]["creative"]): [string, CreativeText][] {
  return Object.keys(creative).map((locale) => [locale, wordsIn(creative, [locale])]);
}

function creativeProblems(
  kind: CampaignInput["kind"],
  texts: readonly [locale: string, text: CreativeText][],
  at: string,
): Problem[] {
  if (!texts.some(([, text]) => text.title || text.text || text.blocks?.length)) {
    const message =
      "a live campaign needs something to read: a title, a text or blocks, in one language at least";
    return [{ path: at, message }];
  }
  return kind === "content" ? texts.flatMap(([locale, text]) => slotProblems(text, `${at}.${locale}`)) : [];
}

/** Blocks go into a slot of the page, and a slot is filled with blocks. */
function slotProblems({ slot, blocks = [] }: CreativeText, at: string): Problem[] {
  if (blocks.length > 0 && !slot) {
    return [
      { path: `${at}.slot`, message: "blocks need the slot of the page that they fill (data-aparte-slot)" },
    ];
  }
  if (slot && blocks.length === 0) {
    return [{ path: `${at}.blocks`, message: `the slot ${slot} needs at least one block to fill it` }];
  }
  return [];
}
