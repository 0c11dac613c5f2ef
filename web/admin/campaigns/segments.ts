/** The site's segments as facts: `segment.<key>` says whether one holds. */
import { ApiFailure, request } from "../../shared/api.ts";
import { useResource } from "../resource.ts";
import { apiPath, useSite, type Page } from "../site.ts";
import type { SegmentName } from "./builder/context.ts";

const NONE: readonly SegmentName[] = [];

/** None while they are read, and where the server keeps none: a segment can still be typed by its path. */
export function useSegments(): readonly SegmentName[] {
  const site = useSite();
  const { data } = useResource(`segments of ${site.key}`, async (signal) => {
    try {
      const path = `${apiPath(site.key, "segments")}?limit=200`;
      const { items } = await request<Page<SegmentName>>("GET", path, undefined, { signal });
      return items;
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 404) return NONE;
      throw error;
    }
  });
  return data ?? NONE;
}
