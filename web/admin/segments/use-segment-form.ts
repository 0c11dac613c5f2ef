/**
 * A segment's form: what is saved, what has been changed since, saving and deleting it.
 *
 * A save that meets somebody else's change stops with `theirs`; a refusal of one field is a `fault`, any other a
 * `failure`.
 */
import type { RefObject } from "preact";
import { useLocation } from "preact-iso";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Segment } from "../../../domain/site/resources.ts";
import { request, type ApiFailure } from "../../shared/api.ts";
import type { ConditionFault } from "../campaigns/condition-editor.tsx";
import { conditionFaultsOf } from "../campaigns/condition-faults.ts";
import { parseCondition, printCondition } from "../campaigns/condition-text.ts";
import type { Fault } from "../campaigns/fault.ts";
import { useLeaveWarning } from "../campaigns/leave-warning.ts";
import { faultOf } from "../refusal.ts";
import { asFailure } from "../resource.ts";
import { t } from "../session.ts";
import { apiPath, screenPath, useSite } from "../site.ts";
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

export type SegmentForm = {
  form: RefObject<HTMLFormElement | null>;
  saved: SavedSegment | null;
  current: Segment;
  changed: readonly SegmentField[];
  conditionText: string;
  conditionFaults: ConditionFault[];
  fault: Fault | null;
  failure: ApiFailure | null;
  /** Why it was not deleted. */
  kept: ApiFailure | null;
  theirs: SavedSegment | null;
  saving: boolean;
  note: string;
  change(part: Partial<Segment>): void;
  changeCondition(text: string): void;
  /** Take `segment` as what is saved, with `next` in the form. */
  adopt(segment: SavedSegment, next?: Segment): void;
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

/** `first` is the segment as it was read, or null for a new one; `onMade` hears the id it gets. */
export function useSegmentForm(first: SavedSegment | null, onMade: (id: string) => void): SegmentForm {
  const site = useSite();
  const { route } = useLocation();
  const [saved, setSaved] = useState(first);
  const base = useMemo(() => (saved === null ? NEW : segmentOf(saved)), [saved]);
  const [draft, setDraft] = useState<Segment>(base);
  const [conditionText, setConditionText] = useState(() => printCondition(base.condition as never));
  const [fault, setFault] = useState<Fault | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [kept, setKept] = useState<ApiFailure | null>(null);
  const [theirs, setTheirs] = useState<SavedSegment | null>(null);
  const [saving, setSaving] = useState(false);
  const [gone, setGone] = useState(false);
  const [note, setNote] = useState("");
  const form = useRef<HTMLFormElement>(null);

  const parsed = useMemo(() => parseCondition(conditionText), [conditionText]);
  const current: Segment = parsed.ok ? { ...draft, condition: parsed.value as Segment["condition"] } : draft;
  const changed = fieldsThatDiffer(base, current);
  const conditionFaults = useMemo(() => conditionFaultsOf(parsed, fault), [parsed, fault]);

  useLeaveWarning(!gone && (changed.length > 0 || !parsed.ok));
  useEffect(() => {
    if (fault !== null) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [fault]);
  // The address is left only once nothing of the form holds it back.
  useEffect(() => {
    if (gone) route(screenPath(site.key, "segments"), true);
  }, [gone]);

  const change = (part: Partial<Segment>): void => {
    setDraft((before) => ({ ...before, ...part }));
    setNote("");
  };
  const changeCondition = (text: string): void => {
    setConditionText(text);
    setFault(null);
    setNote("");
  };
  const adopt = (segment: SavedSegment, next: Segment = segmentOf(segment)): void => {
    setSaved(segment);
    setDraft(next);
    setConditionText(printCondition(next.condition as never));
    setTheirs(null);
    setFault(null);
    setFailure(null);
  };
  const save = async (): Promise<void> => {
    if (!parsed.ok) {
      form.current?.querySelector<HTMLElement>("#condition-json")?.focus();
      return;
    }
    setSaving(true);
    setFault(null);
    setFailure(null);
    setKept(null);
    try {
      const patch = Object.fromEntries(changed.map((field) => [field, current[field]]));
      const answer =
        saved === null
          ? await request<SavedSegment>("POST", apiPath(site.key, "segments"), current)
          : await request<SavedSegment>("PATCH", apiPath(site.key, "segments", saved.id), patch, {
              version: saved.version,
            });
      adopt(answer);
      setNote(saved === null ? s("made") : t("savedLive"));
      if (saved === null) {
        onMade(answer.id);
        route(screenPath(site.key, "segments", answer.id), true);
      }
    } catch (error) {
      await refused(asFailure(error));
    } finally {
      setSaving(false);
    }
  };
  const refused = async (refusal: ApiFailure): Promise<void> => {
    if (refusal.status === 412 && saved !== null) {
      try {
        setTheirs(await request<SavedSegment>("GET", apiPath(site.key, "segments", saved.id)));
      } catch (error) {
        setFailure(asFailure(error));
      }
    } else if (refusal.path === null) setFailure(refusal);
    else setFault(faultOf(refusal));
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

  return {
    form,
    saved,
    current,
    changed,
    conditionText,
    conditionFaults,
    fault,
    failure,
    kept,
    theirs,
    saving,
    note,
    change,
    changeCondition,
    adopt,
    save,
    remove,
  };
}
