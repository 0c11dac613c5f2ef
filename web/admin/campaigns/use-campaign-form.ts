/**
 * A campaign's form: what is saved, what has been changed since, and saving it.
 *
 * A save that would start a new phase or end the campaign is `asked` about first.
 */
import { useState } from "preact/hooks";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { t } from "../session.ts";
import { useSite } from "../site.ts";
import { useVersionedForm, type VersionedForm, type VersionedKind } from "../use-versioned-form.ts";
import { changedFields, draftOf, newDraft, patchOf, phaseChanges, type Draft } from "./draft.ts";
import type { Fault } from "./fault.ts";
import { useLeaveWarning } from "./leave-warning.ts";
import { w } from "./words.ts";

export type CampaignForm = VersionedForm<Campaign, Draft, HTMLDivElement> & {
  changed: boolean;
  asked: Draft["status"] | null;
  /** Save with this status; `sure` answers what was asked. */
  save(status: Draft["status"], sure?: boolean): Promise<void>;
  cancelAsked(): void;
};

const CAMPAIGN: VersionedKind<Campaign, Draft> = {
  collection: "campaigns",
  begin: newDraft,
  draftOf,
  worded: campaignFault,
};

/** `first` is the campaign as it was read, or null for a new one; `onMade` hears the id it gets. */
export function useCampaignForm(first: Campaign | null, onMade: (id: string) => void): CampaignForm {
  const site = useSite();
  const form = useVersionedForm<Campaign, Draft, HTMLDivElement>(CAMPAIGN, first, onMade);
  const { saved, base, current } = form;
  const [asked, setAsked] = useState<Draft["status"] | null>(null);
  const changed = changedFields(base, current).length > 0 || !form.readable;
  useLeaveWarning(changed && site.role === "admin");

  const save = async (status: Draft["status"], sure = false): Promise<void> => {
    if (!form.readable || form.conditionFaults.length > 0) return form.focusCondition();
    const wanted = { ...current, status };
    const starts = saved === null ? [] : phaseChanges(base, wanted);
    if (!sure && (starts.length > 0 || status === "ended")) return setAsked(status);
    setAsked(null);
    await form.send(wanted, patchOf(base, wanted), t(status === "live" ? "savedLive" : "saved"));
  };

  return { ...form, changed, asked, save, cancelAsked: () => setAsked(null) };
}

/** A text whose variables cannot be filled may have any length: that is not what is wrong with it. */
export function campaignFault(fault: Fault | null): Fault | null {
  return fault?.message.startsWith("this text cannot be filled") === true
    ? { ...fault, said: w("templateProblem") }
    : fault;
}
