/** A canned answer's form: what is saved, what stands in it, saving it over the version that was read, deleting it. */
import { useLocation } from "preact-iso";
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Canned } from "../../../domain/site/resources.ts";
import { request, type ApiFailure } from "../../shared/api.ts";
import { useLeaveWarning } from "../campaigns/leave-warning.ts";
import type { Fault, Refused } from "../campaigns/fault.ts";
import { faultOf } from "../refusal.ts";
import { asFailure } from "../resource.ts";
import { apiPath, screenPath, useSite } from "../site.ts";
import type { SavedAnswer } from "./answers.tsx";
import { w } from "./words.ts";

export type AnswerForm = {
  root: RefObject<HTMLFormElement | null>;
  saved: SavedAnswer | null;
  current: Canned;
  changed: boolean;
  saving: boolean;
  fault: Fault | null;
  failure: ApiFailure | null;
  note: string;
  /** Somebody else saved meanwhile: theirs may be read in place of what stands here. */
  stale: boolean;
  change(part: Partial<Canned>): void;
  save(): Promise<void>;
  reread(): Promise<void>;
  remove(): Promise<void>;
};

const NEW: Canned = { shortcut: "", title: "", body: "", locale: "fr", tags: [] };

function draftOf({ shortcut, title, body, locale, tags }: SavedAnswer): Canned {
  return { shortcut, title, body, locale, tags };
}

/** `first` is the answer as it was read, or null for a new one; `onMade` hears the id it gets. */
export function useAnswerForm(first: SavedAnswer | null, onMade: (id: string) => void): AnswerForm {
  const site = useSite();
  const { route } = useLocation();
  const [saved, setSaved] = useState(first);
  const [current, setCurrent] = useState<Canned>(
    first === null ? { ...NEW, locale: site.settings.locale } : draftOf(first),
  );
  const [fault, setFault] = useState<Fault | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [saving, setSaving] = useState(false);
  const [note, setNote] = useState("");
  const [stale, setStale] = useState(false);
  const [gone, setGone] = useState(false);
  const root = useRef<HTMLFormElement>(null);
  const base = saved === null ? { ...NEW, locale: site.settings.locale } : draftOf(saved);
  const changed = JSON.stringify(base) !== JSON.stringify(current);

  useLeaveWarning(changed && !gone);
  useEffect(() => {
    if (gone) route(screenPath(site.key, "canned"), true);
  }, [gone]);
  useEffect(() => {
    if (fault !== null) root.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [fault]);

  const adopt = (answer: SavedAnswer): void => {
    setSaved(answer);
    setCurrent(draftOf(answer));
    setStale(false);
  };
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setFault(null);
    setFailure(null);
    setSaving(true);
    try {
      await work();
    } catch (error) {
      const refusal = asFailure(error);
      if (refusal.status === 412) setStale(true);
      else if (refusal.path === null) setFailure(refusal);
      else setFault(faultOf(refusal));
    } finally {
      setSaving(false);
    }
  };
  return {
    root,
    saved,
    current,
    changed,
    saving,
    fault,
    failure,
    note,
    stale,
    change: (part) => {
      setCurrent((before) => ({ ...before, ...part }));
      setNote("");
    },
    save: () =>
      attempt(async () => {
        if (saved === null) {
          const made = await request<SavedAnswer>("POST", apiPath(site.key, "canned"), current);
          adopt(made);
          setNote(w("made"));
          onMade(made.id);
          route(screenPath(site.key, "canned", made.id), true);
        } else {
          const { version, id } = saved;
          adopt(await request<SavedAnswer>("PATCH", apiPath(site.key, "canned", id), current, { version }));
          setNote(w("saved"));
        }
      }),
    reread: () =>
      attempt(async () => {
        if (saved !== null) adopt(await request<SavedAnswer>("GET", apiPath(site.key, "canned", saved.id)));
      }),
    remove: () =>
      attempt(async () => {
        if (saved !== null) await request("DELETE", apiPath(site.key, "canned", saved.id));
        setGone(true);
      }),
  };
}

/** What is wrong with `field`, in this form's own words. */
export function refusedAt(
  { fault, failure, current, saved }: AnswerForm,
  field: "shortcut" | "body",
): Refused | undefined {
  if (fault === null || failure !== null || fault.path !== field) return undefined;
  const taken = field === "shortcut" && /^[\p{L}\p{N}_-]{1,40}$/u.test(current.shortcut) && current !== saved;
  return { said: w(taken ? "at_shortcut_conflict" : `at_${field}`), detail: fault.message };
}
