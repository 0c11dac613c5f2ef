/**
 * The form of something that has a version and a condition: what is saved, what stands in the form, and sending it.
 *
 * Shapes  `Saved` is what the API answers, `Draft` what of it is edited. `theirs` is what somebody else saved meanwhile,
 *         which a save stops at.
 * Errors  a refusal of one field is a `fault`, which takes the focus there; any other is a `failure`.
 */
import type { RefObject } from "preact";
import { useLocation } from "preact-iso";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { request, type ApiFailure } from "../shared/api.ts";
import type { ConditionFault } from "./campaigns/condition-editor.tsx";
import { conditionFaultsOf } from "./campaigns/condition-faults.ts";
import { parseCondition, printCondition } from "./campaigns/condition-text.ts";
import type { Fault } from "./campaigns/fault.ts";
import { faultOf } from "./refusal.ts";
import { asFailure } from "./resource.ts";
import { apiPath, screenPath, useSite } from "./site.ts";

type Versioned = { id: string; version: number };
type Conditioned = { condition: unknown };

export type VersionedForm<Saved, Draft, Root extends HTMLElement> = {
  /** The form's element: what is wrong in it gets the focus. */
  form: RefObject<Root | null>;
  saved: Saved | null;
  /** The draft as it was saved, and as it is in the form. */
  base: Draft;
  current: Draft;
  conditionText: string;
  /** Whether the condition's text can be read; `current` keeps the last one that could. */
  readable: boolean;
  conditionFaults: ConditionFault[];
  fault: Fault | null;
  failure: ApiFailure | null;
  theirs: Saved | null;
  saving: boolean;
  note: string;
  change(part: Partial<Draft>): void;
  changeCondition(text: string): void;
  focusCondition(): void;
  /** Take `saved` as what is saved, with `next` in the form. */
  adopt(saved: Saved, next?: Draft): void;
  /** Save: `whole` where nothing is saved yet, else `patch`; `done` is noted once it is. */
  send(whole: Draft, patch: Partial<Draft>, done: string): Promise<void>;
};

export type VersionedKind<Saved, Draft> = {
  /** The collection's name, in the API and in the screens' addresses. */
  collection: "campaigns" | "segments";
  /** The draft of a new one. */
  begin: () => Draft;
  draftOf: (saved: Saved) => Draft;
  /** The fault as this form words it. */
  worded?: (fault: Fault | null) => Fault | null;
};

/** `first` is what was read, or null for a new one; `onMade` hears the id it gets. */
export function useVersionedForm<
  Saved extends Versioned,
  Draft extends Conditioned,
  Root extends HTMLElement,
>(
  { collection, begin, draftOf, worded = (fault) => fault }: VersionedKind<Saved, Draft>,
  first: Saved | null,
  onMade: (id: string) => void,
): VersionedForm<Saved, Draft, Root> {
  const site = useSite();
  const { route } = useLocation();
  const [saved, setSaved] = useState(first);
  const base = useMemo(() => (saved === null ? begin() : draftOf(saved)), [saved]);
  const [draft, setDraft] = useState<Draft>(base);
  const [conditionText, setConditionText] = useState(() => printCondition(base.condition as never));
  const [fault, setFault] = useState<Fault | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [theirs, setTheirs] = useState<Saved | null>(null);
  const [saving, setSaving] = useState(false);
  const [note, setNote] = useState("");
  const form = useRef<Root>(null);

  const parsed = useMemo(() => parseCondition(conditionText), [conditionText]);
  const current: Draft = parsed.ok ? { ...draft, condition: parsed.value } : draft;
  const conditionFaults = useMemo(() => conditionFaultsOf(parsed, fault), [parsed, fault]);

  useEffect(() => {
    if (fault !== null) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [fault]);

  const change = (part: Partial<Draft>): void => {
    setDraft((before) => ({ ...before, ...part }));
    setNote("");
  };
  const changeCondition = (text: string): void => {
    setConditionText(text);
    setFault(null);
    setNote("");
  };
  const focusCondition = (): void => form.current?.querySelector<HTMLElement>("#condition-json")?.focus();
  const adopt = (answer: Saved, next: Draft = draftOf(answer)): void => {
    setSaved(answer);
    setDraft(next);
    setConditionText(printCondition(next.condition as never));
    setTheirs(null);
    setFault(null);
    setFailure(null);
  };
  const send = async (whole: Draft, patch: Partial<Draft>, done: string): Promise<void> => {
    setSaving(true);
    setFault(null);
    setFailure(null);
    try {
      const answer =
        saved === null
          ? await request<Saved>("POST", apiPath(site.key, collection), whole)
          : await request<Saved>("PATCH", apiPath(site.key, collection, saved.id), patch, {
              version: saved.version,
            });
      adopt(answer);
      setNote(done);
      if (saved === null) {
        onMade(answer.id);
        route(screenPath(site.key, collection, answer.id), true);
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
        setTheirs(await request<Saved>("GET", apiPath(site.key, collection, saved.id)));
      } catch (error) {
        setFailure(asFailure(error));
      }
    } else if (refusal.path === null) setFailure(refusal);
    else setFault(worded(faultOf(refusal)));
  };

  return {
    form,
    saved,
    base,
    current,
    conditionText,
    readable: parsed.ok,
    conditionFaults,
    fault,
    failure,
    theirs,
    saving,
    note,
    change,
    changeCondition,
    focusCondition,
    adopt,
    send,
  };
}
