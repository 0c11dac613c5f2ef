/**
 * Why a visitor was invited, in the few words that fit under a campaign's name.
 *
 * Pure. A campaign's condition is MongoDB-style JSON (`contract.md` §3); its top-level comparisons become reasons.
 * What is more intricate is left out: the admin site shows it whole.
 */
import * as z from "zod/mini";

export type Reason = { fact: string; operator: string; value: string };
/** A variant's words by language: its text, else its title. */
export type VariantWords = { key: string; words: Partial<Record<"fr" | "en", string>> };
export type CampaignView = { name: string; reasons: Reason[]; variants: VariantWords[] };

const Words = z.optional(z.object({ title: z.nullish(z.string()), text: z.nullish(z.string()) }));
const Variant = z.object({ key: z.string(), creative: z.object({ fr: Words, en: Words }) });
const Campaign = z.object({
  name: z.string(),
  condition: z._default(z.record(z.string(), z.unknown()), {}),
  variants: z._default(z.array(Variant), []),
});
const Comparison = z.record(z.string(), z.unknown());

/** The answer of `GET /api/sites/{site}/campaigns/{id}`. Throws where it is no campaign. */
export function readCampaign(answer: unknown): CampaignView {
  const { name, condition, variants } = Campaign.parse(answer);
  return { name, reasons: reasonsIn(condition), variants: variants.map(wordsOf) };
}

function wordsOf({ key, creative }: z.infer<typeof Variant>): VariantWords {
  const said = (words: z.infer<typeof Words>): string | null => words?.text || words?.title || null;
  const [fr, en] = [said(creative.fr), said(creative.en)];
  return { key, words: { ...(fr === null ? {} : { fr }), ...(en === null ? {} : { en }) } };
}

/** The comparisons of `condition` that are said in one breath: a fact, an operator, a figure or word. */
export function reasonsIn(condition: Readonly<Record<string, unknown>>): Reason[] {
  return Object.entries(condition).flatMap(([fact, wanted]) => {
    if (fact.startsWith("$")) return [];
    const plain = plainly(wanted);
    if (plain !== null) return [{ fact, operator: "$eq", value: plain }];
    const comparison = Comparison.safeParse(wanted);
    if (!comparison.success || Array.isArray(wanted)) return [];
    return Object.entries(comparison.data).flatMap(([operator, against]) => {
      const value = plainly(against);
      return value === null ? [] : [{ fact, operator, value }];
    });
  });
}

function plainly(value: unknown): string | null {
  return ["string", "number", "boolean"].includes(typeof value) ? String(value) : null;
}
