/**
 * How long the parts of a message may be, for the schema and for the reader that goes before it: one list for both.
 *
 * Units   UTF-16 code units, as `string.length` counts; `BYTES` are bytes of UTF-8.
 */
export const MAX_MESSAGE_BYTES = 32 * 1_024;
export const MAX_BODY_BYTES = 500 * 1_024;
/** What nests deeper would exhaust the stack of whoever walks through it. */
export const MAX_DEPTH = 64;

export const MAX_ID = 200;
export const MAX_NAME = 2_000;
export const MAX_LOCALE = 40;
export const MAX_TOKEN = 4_096;
/** What of a page is longer is cut. */
export const MAX_PAGE_TEXT = 2_000;
export const MAX_VIEW_ID = 100;

export const TYPES = ["page", "track", "identify", "alias", "group", "screen"] as const;
