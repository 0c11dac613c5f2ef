/**
 * Names and moments that every room of the house shares.
 *
 * Shapes  ids are opaque strings with a type prefix (`cmp_`, `cnv_`, `dec_`, `ses_`, `usr_`, `msg_`…).
 * Units   `EpochMs` is milliseconds since 1970 UTC.
 */

/** Milliseconds since 1970-01-01T00:00Z. */
export type EpochMs = number;

/** The tenant: the site's key, which is also its write key and its `{site}` in paths. */
export type SiteKey = string;

export const SITE_KEY_PATTERN = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** ISO 8601 UTC of `at`, as every public surface writes times. */
export function isoOf(at: EpochMs): string {
  return new Date(at).toISOString();
}
