/**
 * The seam between beacon and consent. The beacon imports the module only on a page that has a consent banner of IAB's
 * framework or tells Google's consent mode, and calls its `start`; until it speaks, the visitor did not consent.
 */

export const GRANTED = "granted";
export const DENIED = "denied";
/** Whose word stands above a banner's: privacy control's, the visitor's own, the tag's. Below it is the site's default. */
export const BANNER = 3;

/**
 * A word of that rank; undefined leaves it to the site's default. `unsure` says that the visitor was not heard yet: a
 * no for now, and nobody is forgotten for it.
 */
export type Hear = (rank: number, word: string | undefined, unsure?: boolean) => void;

/** What `web/consent/main.ts` exports as `start`. */
export type StartConsent = (hear: Hear) => void;
