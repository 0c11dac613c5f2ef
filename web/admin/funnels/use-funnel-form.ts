/** A funnel's form: what is saved, what has been changed since, saving and deleting it. */
import { useLocation } from "preact-iso";
import { type RefObject } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Funnel } from "../../../domain/site/resources.ts";
import { request, type ApiFailure } from "../../shared/api.ts";
import type { Fault } from "../campaigns/fault.ts";
import { useLeaveWarning } from "../campaigns/leave-warning.ts";
import { faultOf } from "../refusal.ts";
import { asFailure } from "../resource.ts";
import { t } from "../session.ts";
import { apiPath, screenPath, useSite } from "../site.ts";
import type { SavedFunnel } from "./funnels.tsx";
import { f } from "./words.ts";

export type FunnelStep = Funnel["steps"][number];
export const FIELDS = ["name", "key", "steps"] as const satisfies readonly (keyof Funnel)[];
type Field = (typeof FIELDS)[number];

export const EMPTY_STEP: FunnelStep = { key: "", name: "", event: "", path: null };
const NEW: Funnel = { key: "", name: "", steps: [EMPTY_STEP, EMPTY_STEP] };

export type FunnelForm = {
  form: RefObject<HTMLFormElement | null>;
  saved: SavedFunnel | null;
  current: Funnel;
  changed: readonly Field[];
  fault: Fault | null;
  failure: ApiFailure | null;
  theirs: SavedFunnel | null;
  saving: boolean;
  note: string;
  change(part: Partial<Funnel>): void;
  /** Take what somebody else saved, with `next` in the form. */
  adopt(saved: SavedFunnel, next?: Funnel): void;
  save(): Promise<void>;
  remove(): Promise<void>;
};

export function funnelOf({ key, name, steps }: Funnel): Funnel {
  return { key, name, steps };
}

export function fieldsThatDiffer(before: Funnel, after: Funnel): Field[] {
  return FIELDS.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}

export function useFunnelForm(first: SavedFunnel | null, onMade: (id: string) => void): FunnelForm {
  const site = useSite();
  const { route } = useLocation();
  const [saved, setSaved] = useState(first);
  const base = useMemo(() => (saved === null ? NEW : funnelOf(saved)), [saved]);
  const [current, setCurrent] = useState<Funnel>(base);
  const [fault, setFault] = useState<Fault | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [theirs, setTheirs] = useState<SavedFunnel | null>(null);
  const [saving, setSaving] = useState(false);
  const [note, setNote] = useState("");
  const [gone, setGone] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const changed = fieldsThatDiffer(base, current);

  useLeaveWarning(!gone && changed.length > 0);
  // The address is left only once nothing of the form holds it back.
  useEffect(() => {
    if (gone) route(screenPath(site.key, "funnels"), true);
  }, [gone]);
  useEffect(() => {
    if (fault !== null) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [fault]);

  const adopt = (answer: SavedFunnel, next: Funnel = funnelOf(answer)): void => {
    setSaved(answer);
    setCurrent(next);
    setTheirs(null);
    setFault(null);
    setFailure(null);
  };
  const refused = async (refusal: ApiFailure): Promise<void> => {
    if (refusal.status === 412 && saved !== null) {
      try {
        setTheirs(await request<SavedFunnel>("GET", apiPath(site.key, "funnels", saved.id)));
      } catch (error) {
        setFailure(asFailure(error));
      }
    } else if (refusal.path === null) setFailure(refusal);
    else setFault(worded(faultOf(refusal)));
  };
  const save = async (): Promise<void> => {
    setSaving(true);
    setFault(null);
    setFailure(null);
    try {
      const path = apiPath(site.key, "funnels", ...(saved === null ? [] : [saved.id]));
      const answer =
        saved === null
          ? await request<SavedFunnel>("POST", path, current)
          : await request<SavedFunnel>("PATCH", path, current, { version: saved.version });
      adopt(answer);
      setNote(saved === null ? f("made") : t("savedLive"));
      if (saved === null) {
        onMade(answer.id);
        route(screenPath(site.key, "funnels", answer.id, "edit"), true);
      }
    } catch (error) {
      await refused(asFailure(error));
    } finally {
      setSaving(false);
    }
  };
  const remove = async (): Promise<void> => {
    if (saved === null) return;
    setFailure(null);
    try {
      await request("DELETE", apiPath(site.key, "funnels", saved.id));
      setGone(true);
    } catch (error) {
      setFailure(asFailure(error));
    }
  };
  return {
    form,
    saved,
    current,
    changed,
    fault,
    failure,
    theirs,
    saving,
    note,
    change: (part) => {
      setCurrent((before) => ({ ...before, ...part }));
      setNote("");
    },
    adopt,
    save,
    remove,
  };
}

/** The shared words for a key and an event speak of campaigns; here they are a step's. */
function worded(fault: Fault | null): Fault | null {
  if (fault === null) return null;
  const place = fault.path.split(".").findLast((part) => !/^\d+$/.test(part)) ?? "";
  const own = f(`at_${place}`);
  return own === `at_${place}` ? fault : { ...fault, said: own };
}
