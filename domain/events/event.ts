/**
 * An event as every room past the front door knows it: a Segment message, checked, with the server's word on
 * who, when and from where.
 *
 * Units   `at` is the event's own moment after skew correction; `receivedAt` is the server's clock.
 */
import type { EpochMs } from "../ids.ts";
import type { Json } from "../visit/facts.ts";

/**
 * A page without what its address carries beside the path: of that only campaign tags, click ids and a mark for tests
 * are kept (`search`), and of the referrer's only what was searched for at a known engine.
 */
export type PageContext = {
  url: string;
  path: string;
  title: string | null;
  referrer: string | null;
  searchTerms: string | null;
  status: number | null;
  search: Record<string, string>;
};

export type Event = {
  id: string;
  type: "page" | "track" | "identify" | "alias" | "group" | "screen";
  /** The track event's name; `Page Viewed`, `Identify` … for the other types. */
  name: string;
  at: EpochMs;
  receivedAt: EpochMs;
  viewId: string | null;
  page: PageContext | null;
  properties: Record<string, Json>;
  traits: Record<string, Json>;
};

/** Never in the future, at most this far back: beyond it the arrival is the better guess. */
export const MAX_LATENESS_MS = 24 * 3_600_000;

/**
 * When the event happened, by Segment's rule: arrival − (`sentAt` − `timestamp`), so that a wrong clock on the
 * sender's side cancels out. What lands in the future or more than a day back becomes the arrival.
 */
export function correctedTime(
  timestamp: EpochMs | null,
  sentAt: EpochMs | null,
  receivedAt: EpochMs,
): EpochMs {
  if (timestamp === null) return receivedAt;
  const at = sentAt === null ? timestamp : receivedAt - (sentAt - timestamp);
  return at > receivedAt || at < receivedAt - MAX_LATENESS_MS ? receivedAt : at;
}
