/**
 * A campaign's form: what is saved, what has been changed since, and saving it.
 *
 * A save that would start a new phase or end the campaign is `asked` about first; one that meets somebody else's
 * change stops with `theirs`; a refusal of one field is a `fault`, any other a `failure`.
 */
import type { RefObject } from "preact";
import { useLocation } from "preact-iso";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { request, type ApiFailure } from "../../shared/api.ts";
import { faultOf } from "../refusal.ts";
import { asFailure } from "../resource.ts";
import { t } from "../session.ts";
import { apiPath, screenPath, useSite } from "../site.ts";
import type { ConditionFault } from "./condition-editor.tsx";
import { conditionFaultsOf } from "./condition-faults.ts";
import { parseCondition, printCondition } from "./condition-text.ts";
import { changedFields, draftOf, newDraft, patchOf, phaseChanges, type Draft } from "./draft.ts";
import type { Fault } from "./fault.ts";
import { useLeaveWarning } from "./leave-warning.ts";
import { w } from "./words.ts";

export type CampaignForm = {
  /** The form's element: what is wrong in it gets the focus. */
  form: RefObject<HTMLDivElement | null>;
  saved: Campaign | null;
  /** The draft as it was saved, and as it is in the form. */
  base: Draft;
  current: Draft;
  changed: boolean;
  conditionText: string;
  conditionFaults: ConditionFault[];
  fault: Fault | null;
  failure: ApiFailure | null;
  theirs: Campaign | null;
  asked: Draft["status"] | null;
  saving: boolean;
  note: string;
  change(part: Partial<Draft>): void;
  changeCondition(text: string): void;
  /** Take `campaign` as what is saved, with `next` in the form. */
  adopt(campaign: Campaign, next?: Draft): void;
  /** Save with this status; `sure` answers what was asked. */
  save(status: Draft["status"], sure?: boolean): Promise<void>;
  cancelAsked(): void;
};

/** `first` is the campaign as it was read, or null for a new one; `onMade` hears the id it gets. */
export function useCampaignForm(first: Campaign | null, onMade: (id: string) => void): CampaignForm {
  const site = useSite();
  const { route } = useLocation();
  const [saved, setSaved] = useState(first);
  const base = useMemo(() => (saved === null ? newDraft() : draftOf(saved)), [saved]);
  const [draft, setDraft] = useState<Draft>(base);
  const [conditionText, setConditionText] = useState(() => printCondition(base.condition as never));
  const [fault, setFault] = useState<Fault | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [theirs, setTheirs] = useState<Campaign | null>(null);
  const [asked, setAsked] = useState<Draft["status"] | null>(null);
  const [saving, setSaving] = useState(false);
  const [note, setNote] = useState("");
  const form = useRef<HTMLDivElement>(null);

  const parsed = useMemo(() => parseCondition(conditionText), [conditionText]);
  const current: Draft = parsed.ok ? { ...draft, condition: parsed.value as Draft["condition"] } : draft;
  const changed = changedFields(base, current).length > 0 || !parsed.ok;
  const conditionFaults = useMemo(() => conditionFaultsOf(parsed, fault), [parsed, fault]);

  useLeaveWarning(changed && site.role === "admin");
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
  const adopt = (campaign: Campaign, next: Draft = draftOf(campaign)): void => {
    setSaved(campaign);
    setDraft(next);
    setConditionText(printCondition(next.condition as never));
    setTheirs(null);
    setFault(null);
    setFailure(null);
  };

  const save = async (status: Draft["status"], sure = false): Promise<void> => {
    const wanted = { ...current, status };
    if (!parsed.ok || conditionFaults.length > 0) {
      form.current?.querySelector<HTMLElement>("#condition-json")?.focus();
      return;
    }
    const starts = saved === null ? [] : phaseChanges(base, wanted);
    if (!sure && (starts.length > 0 || status === "ended")) return setAsked(status);
    setAsked(null);
    setSaving(true);
    setFault(null);
    setFailure(null);
    try {
      const answer =
        saved === null
          ? await request<Campaign>("POST", apiPath(site.key, "campaigns"), wanted)
          : await request<Campaign>(
              "PATCH",
              apiPath(site.key, "campaigns", saved.id),
              patchOf(base, wanted),
              {
                version: saved.version,
              },
            );
      adopt(answer);
      setNote(t(status === "live" ? "savedLive" : "saved"));
      if (saved === null) {
        onMade(answer.id);
        route(screenPath(site.key, "campaigns", answer.id), true);
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
        setTheirs(await request<Campaign>("GET", apiPath(site.key, "campaigns", saved.id)));
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
    changed,
    conditionText,
    conditionFaults,
    fault,
    failure,
    theirs,
    asked,
    saving,
    note,
    change,
    changeCondition,
    adopt,
    save,
    cancelAsked: () => setAsked(null),
  };
}

/** A text whose variables cannot be filled may have any length: that is not what is wrong with it. */
function worded(fault: Fault | null): Fault | null {
  return fault?.message.startsWith("this text cannot be filled") === true
    ? { ...fault, said: w("templateProblem") }
    : fault;
}
