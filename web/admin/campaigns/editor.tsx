/** One campaign: who and when, what they see, how much; saved as a draft, published, paused or ended. */
import "./editor.css";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { dateTime } from "../../shared/format.ts";
import { SavedOrNew } from "../saved-or-new.tsx";
import { locale, t } from "../session.ts";
import { screenPath, useSite } from "../site.ts";
import { Failed, PageHead, PlacedFault } from "../states.tsx";
import { SelectField, TextField } from "../field.tsx";
import { DryRun } from "../dry-run/dry-run.tsx";
import { ReasonCounts } from "../why/reason-counts.tsx";
import { ConditionEditor } from "./condition-editor.tsx";
import { Conflict } from "./conflict.tsx";
import { CreativeEditor } from "./creative-editor.tsx";
import { Delivery } from "./delivery.tsx";
import { phaseChanges } from "./draft.ts";
import { EditorActions } from "./editor-actions.tsx";
import { faultAt, hasField } from "./fault.ts";
import type { Replayed } from "./holdout-price.ts";
import { Gates } from "./gates.tsx";
import { PhaseWarning } from "./phase-warning.tsx";
import { StatusTag } from "./status-tag.tsx";
import { Readiness } from "./readiness.tsx";
import { TryOut } from "./try-out.tsx";
import { useCampaignForm } from "./use-campaign-form.ts";
import { w } from "./words.ts";

const KINDS = ["chat", "offer", "content"] as const;

export function Editor({ id = "" }: { id?: string }): VNode {
  return (
    <SavedOrNew<Campaign> id={id} collection="campaigns" failed={t("campaignFailed")}>
      {(saved, onMade) => <CampaignForm saved={saved} onMade={onMade} />}
    </SavedOrNew>
  );
}

function CampaignForm({
  saved: first,
  onMade,
}: {
  saved: Campaign | null;
  onMade: (id: string) => void;
}): VNode {
  const site = useSite();
  const admin = site.role === "admin";
  const [trying, setTrying] = useState(false);
  const [replayed, setReplayed] = useState<Replayed | null>(null);
  const {
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
    cancelAsked,
  } = useCampaignForm(first, onMade);

  return (
    <div ref={form} class="editor">
      <PageHead
        above={
          <p class="crumbs">
            <a href={screenPath(site.key, "campaigns")}>{t("navCampaigns")}</a> › {t(`kind_${current.kind}`)}
          </p>
        }
        title={
          <>
            {current.name === "" ? t("newCampaign") : current.name} <StatusTag status={base.status} />
          </>
        }
      >
        <span class="note" role="status">
          {note !== ""
            ? note
            : changed
              ? t("unsaved")
              : saved === null
                ? ""
                : t("savedAt", { at: dateTime(locale.value, saved.updated_at, site.settings.timezone) })}
        </span>
        {saved === null || saved.status === "draft" ? null : (
          <a class="button" href={screenPath(site.key, "campaigns", saved.id, "results")}>
            {w("result")}
          </a>
        )}
        {saved === null ? null : (
          <button type="button" aria-expanded={trying} onClick={() => setTrying(!trying)}>
            {w("tryOut")}
          </button>
        )}
        {admin ? (
          <EditorActions
            status={base.status}
            isNew={saved === null}
            changed={changed}
            saving={saving}
            onSave={save}
          />
        ) : (
          <span class="note">{t("readOnly")}</span>
        )}
      </PageHead>
      {trying && saved !== null ? (
        <TryOut campaign={saved} changed={changed} onClose={() => setTrying(false)} />
      ) : null}
      {failure === null ? null : (
        <Failed title={t("saveFailed")} failure={failure} onRetry={() => void save(current.status)} />
      )}
      {fault === null || conditionFaults.length > 0 || hasField(fault.path) ? null : (
        <PlacedFault fault={fault} />
      )}
      {asked === null || saved === null ? null : (
        <PhaseWarning
          campaign={saved}
          changes={phaseChanges(base, { ...current, status: asked })}
          status={asked}
          onSave={() => void save(asked, true)}
          onCancel={cancelAsked}
        />
      )}
      {theirs === null ? null : (
        <Conflict base={base} mine={current} theirs={theirs} onTake={(next) => adopt(theirs, next)} />
      )}
      <fieldset disabled={!admin} class="editor-columns">
        <legend class="sr-only">{t("campaign")}</legend>
        <div class="editor-main">
          <div class="name-and-kind">
            <TextField
              label={t("name")}
              value={current.name}
              maxLength={120}
              error={faultAt(fault, "name")}
              onInput={(name) => change({ name })}
            />
            <SelectField
              label={t("kind")}
              value={current.kind}
              options={[...new Set([...KINDS, current.kind])].map((kind) => ({
                value: kind,
                label: t(`kind_${kind}`),
              }))}
              note={w(`kindNote_${current.kind}`)}
              error={faultAt(fault, "kind")}
              onChange={(kind) => change({ kind })}
            />
          </div>
          <ConditionEditor
            text={conditionText}
            faults={conditionFaults}
            readOnly={!admin}
            onText={changeCondition}
          />
          <Gates draft={current} />
          <Readiness draft={current} />
          <CreativeEditor draft={current} saved={saved} fault={fault} onChange={change} />
        </div>
        <div class="editor-side">
          <Delivery
            draft={current}
            saved={saved}
            replayed={replayed}
            fault={fault}
            zone={site.settings.timezone}
            onChange={change}
          />
          <DryRun campaign={current} id={saved?.id ?? null} onAnswer={setReplayed} />
          {saved === null || saved.status === "draft" ? null : <ReasonCounts id={saved.id} />}
        </div>
      </fieldset>
    </div>
  );
}
