/** What a banner says of this visitor, where it says anything. */
import { DENIED, GRANTED } from "../shared/consent-mount.ts";

/** `unsure`: not answered yet, so a no for now. */
export type Said = { word: string; unsure?: boolean };

export const YES: Said = { word: GRANTED };
export const NO: Said = { word: DENIED };
export const NOT_YET: Said = { word: DENIED, unsure: true };
