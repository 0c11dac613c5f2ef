/** A segment's form: what is saved, what has been changed since, saving and deleting it. */
import { useLocation } from "preact-iso";
import { useEffect, useState } from "preact/hooks";
import type { Segment } from "../../../domain/site/resources.ts";
import { request, type ApiFailure } from "../../shared/api.ts";
import { useLeaveWarning } from "../campaigns/leave-warning.ts";
import { asFailure } from "../resource.ts";
import { t } from "../session.ts";
import { apiPath, screenPath, useSite } from "../site.ts";
import { useVersionedForm, type VersionedForm, type VersionedKind } from "../use-versioned-form.ts";
import type { SavedSegment } from "./use-segments.ts";
import { s } from "./words.ts";

export const FIELDS = [
  "name",
  "key",
  "description",
  "condition",
  "value",
  "priority",
  "skill",
  "exclude",
] as const satisfies readonly (keyof Segment)[];
export type SegmentField = (typeof FIELDS)[number];

export type SegmentForm = VersionedForm<SavedSegment, Segment, HTMLFormElement> & {
  changed: readonly SegmentField[];
  /** Why it was not deleted. */
  kept: ApiFailure | null;
  save(): Promise<void>;
  remove(): Promise<void>;
};

const NEW: Segment = {
  key: "",
  name: "",
  description: "",
  condition: {},
  value: null,
  priority: 0,
  skill: null,
  exclude: false,
};

export function segmentOf(saved: SavedSegment): Segment {
  const { key, name, description, condition, value, priority, skill, exclude } = saved;
  return { key, name, description, condition, value, priority, skill, exclude };
}

export function fieldsThatDiffer(before: Segment, after: Segment): SegmentField[] {
  return FIELDS.filter(
    (field) => JSON.stringify(before[field] ?? null) !== JSON.stringify(after[field] ?? null),
  );
}

/** A key as a name suggests it. */
export function keyOf(name: string): string {
  return name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 40);
}

const SEGMENT: VersionedKind<SavedSegment, Segment> = {
  collection: "segments",
  begin: () => NEW,
  draftOf: segmentOf,
};

/** `first` is the segment as it was read, or null for a new one; `onMade` hears the id it gets. */
export function useSegmentForm(first: SavedSegment | null, onMade: (id: string) => void): SegmentForm {
  const site = useSite();
  const { route } = useLocation();
  const form = useVersionedForm<SavedSegment, Segment, HTMLFormElement>(SEGMENT, first, onMade);
  const { saved, base, current } = form;
  const [kept, setKept] = useState<ApiFailure | null>(null);
  const [gone, setGone] = useState(false);
  const changed = fieldsThatDiffer(base, current);

  useLeaveWarning(!gone && (changed.length > 0 || !form.readable));
  // The address is left only once nothing of the form holds it back.
  useEffect(() => {
    if (gone) route(screenPath(site.key, "segments"), true);
  }, [gone]);

  const save = async (): Promise<void> => {
    if (!form.readable) return form.focusCondition();
    setKept(null);
    const patch = Object.fromEntries(changed.map((field) => [field, current[field]]));
    await form.send(current, patch, saved === null ? s("made") : t("savedLive"));
  };
  const remove = async (): Promise<void> => {
    if (saved === null) return;
    setKept(null);
    try {
      await request("DELETE", apiPath(site.key, "segments", saved.id));
      setGone(true);
    } catch (error) {
      setKept(asFailure(error));
    }
  };

  return { ...form, changed, kept, save, remove };
}
