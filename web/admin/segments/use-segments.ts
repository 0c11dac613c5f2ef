/** What the segments' screens read: the segments themselves, the campaigns that ask about them, the library. */
import type { Segment } from "../../../domain/site/resources.ts";
import { segmentsAsked } from "../../../domain/site/segment-use.ts";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { request } from "../../shared/api.ts";
import { useResource, type Resource } from "../resource.ts";
import { apiPath, screenPath, useSite, type Page } from "../site.ts";

export type SavedSegment = Segment & { id: string; version: number };
export type LibrarySegment = Segment & { installed: string | null };
export type Asking = { name: string; path: string; live: boolean };

export type SiteSegments = {
  segments: SavedSegment[];
  /** Who asks about a segment, by its key. */
  asking: ReadonlyMap<string, Asking[]>;
};

/** Every page of a list, one after the other. */
async function readAll<T>(path: string, signal: AbortSignal): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<T> = await request<Page<T>>("GET", `${path}?limit=200${query}`, undefined, { signal });
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return items;
}

/** The site's segments, the highest priority first, and who asks about each. */
export function useSiteSegments(): Resource<SiteSegments> {
  const site = useSite();
  return useResource(`segments and who asks at ${site.key}`, async (signal) => {
    const [segments, campaigns] = await Promise.all([
      readAll<SavedSegment>(apiPath(site.key, "segments"), signal),
      readAll<Campaign>(apiPath(site.key, "campaigns"), signal),
    ]);
    const ordered = segments.toSorted((a, b) => b.priority - a.priority || a.name.localeCompare(b.name));
    return { segments: ordered, asking: askingOf(site.key, ordered, campaigns) };
  });
}

function askingOf(
  site: string,
  segments: readonly SavedSegment[],
  campaigns: readonly Campaign[],
): Map<string, Asking[]> {
  const asking = new Map<string, Asking[]>();
  const note = (condition: unknown, who: Asking): void => {
    for (const key of segmentsAsked(condition)) asking.set(key, [...(asking.get(key) ?? []), who]);
  };
  for (const { id, name, status, condition } of campaigns.filter((each) => each.status !== "ended")) {
    note(condition, { name, path: screenPath(site, "campaigns", id), live: status === "live" });
  }
  for (const { id, name, condition } of segments) {
    note(condition, { name, path: screenPath(site, "segments", id), live: true });
  }
  return asking;
}

/** The library in the reader's language. */
export function useLibrary(locale: string): Resource<LibrarySegment[]> {
  const site = useSite();
  return useResource(`library of ${site.key} in ${locale}`, async (signal) => {
    const path = `${apiPath(site.key, "segments", "library")}?locale=${locale}`;
    return (await request<{ items: LibrarySegment[] }>("GET", path, undefined, { signal })).items;
  });
}
