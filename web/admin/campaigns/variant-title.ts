/** How a variant is told apart from the others by what it says. */
import type { CreativeText, Variant } from "../../../domain/targeting/campaign.ts";

const TAG = /\{\{.*?\}\}|\{%.*?%\}/gs;

/** The variant's first words in `language`, else in the other one, with "…" for variables; empty where it is silent. */
export function titleOf({ creative }: Variant, language: "fr" | "en"): string {
  const other = language === "fr" ? "en" : "fr";
  return (firstWords(creative[language]) || firstWords(creative[other])).replace(TAG, "…");
}

function firstWords(text: CreativeText | undefined): string {
  const block = text?.blocks?.find((one) => one.type === "heading" || one.type === "text");
  return text?.title || (block !== undefined && "text" in block ? block.text : "") || text?.text || "";
}
