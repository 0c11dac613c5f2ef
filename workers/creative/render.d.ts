import { CreativeText } from "../../domain/targeting/campaign.ts";
import type { Json } from "../../domain/visit/facts.ts";
/** What is wrong with `text` as a template, in Liquid's words, or null. */
export declare function templateProblem(text: string): string | null;
/** Whether any text of `creative` holds a tag, so that rendering it takes facts. */
export declare function hasVariables(creative: CreativeText): boolean;
/** `creative` with its variables filled from `facts`; a variable that is not known is empty, or its `default`; what is blank then is left out. */
export declare function renderCreative(creative: CreativeText, facts: Readonly<Record<string, Json>>, locale: string): CreativeText;
