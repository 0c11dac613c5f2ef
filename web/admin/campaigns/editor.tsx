/** One campaign: who and when, what they see, how much; saved as a draft, published, paused or ended. */
import type { VNode } from "preact";
import { useLocation } from "preact-iso";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { readCondition } from "../../../domain/targeting/condition.ts";
import { request, type ApiFailure } from "../../shared/api.ts";
import { dateTime } from "../../shared/format.ts";
import { faultOf } from "../refusal.ts";
import { asFailure, useResource } from "../resource.ts";
import { locale, t } from "../session.ts";
import { apiPath, screenPath, useSite } from "../site.ts";
import { Detail, Failed, PageHead, Shown } from "../states.tsx";
import { SelectField, TextField } from "../field.tsx";
import { ConditionEditor, type ConditionFault } from "./condition-editor.tsx";
import { parseCondition, printCondition } from "./condition-text.ts";
import { Conflict } from "./conflict.tsx";
import { CreativeEditor } from "./creative-editor.tsx";
import { Delivery } from "./delivery.tsx";
import { changedFields, draftOf, newDraft, patchOf, phaseChanges, type Draft } from "./draft.ts";
import { faultAt, type Fault } from "./fault.ts";
import { PhaseWarning } from "./phase-warning.tsx";
import { StatusTag } from "./status-tag.tsx";

const KINDS = ["chat", "offer", "content"] as const;

export function Editor({ id = "" }: { id?: string }): VNode {
  // A campaign that was made here keeps its form when its address gets its id.
  const [made, setMade] = useState<string | null>(null);
  if (id === "new" || id === made) return <CampaignForm key="new" saved={null} onMade={setMade} />;
  return <ReadCampaign key={id} id={id} />;
}

function ReadCampaign({ id }: { id: string }): VNode {
  const site = useSite();
  const resource = useResource(`${site.key} ${id}`, (signal) =>
    request<Campaign>("GET", apiPath(site.key, "campaigns", id), undefined, { signal }),
  );
  return (
    <Shown resource={resource} title={t("campaignFailed")} lines={8}>
      {(campaign) => <CampaignForm saved={campaign} onMade={() => {}} />}
    </Shown>
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
  const conditionFaults = useMemo(() => faultsOf(parsed, fault), [parsed, fault]);
  const admin = site.role === "admin";

  useEffect(() => {
    if (!changed || !admin) return;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    // Links inside the admin unload nothing, so they are asked about here.
    const ask = (event: MouseEvent): void => {
      const inside = event.target instanceof Element && event.target.closest("a[href^='/admin']") !== null;
      if (!inside || window.confirm(t("leaveUnsaved"))) return;
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener("beforeunload", warn);
    window.addEventListener("click", ask, { capture: true });
    return () => {
      window.removeEventListener("beforeunload", warn);
      window.removeEventListener("click", ask, { capture: true });
    };
  }, [changed, admin]);
  useEffect(() => {
    if (fault !== null) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [fault]);

  const change = (part: Partial<Draft>): void => {
    setDraft((before) => ({ ...before, ...part }));
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
    else setFault(faultOf(refusal));
  };

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
        {admin ? (
          <Actions
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
      {failure === null ? null : (
        <Failed title={t("saveFailed")} failure={failure} onRetry={() => void save(current.status)} />
      )}
      {fault === null || conditionFaults.length > 0 || knownField(fault.path) ? null : (
        <div class="banner bad" role="alert">
          <div>
            <p>
              <code>{fault.path}</code> {fault.said}
            </p>
            <Detail text={fault.message} />
          </div>
        </div>
      )}
      {asked === null || saved === null ? null : (
        <PhaseWarning
          campaign={saved}
          changes={phaseChanges(base, { ...current, status: asked })}
          status={asked}
          onSave={() => void save(asked, true)}
          onCancel={() => setAsked(null)}
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
              error={faultAt(fault, "kind")}
              onChange={(kind) => change({ kind })}
            />
          </div>
          <ConditionEditor
            text={conditionText}
            faults={conditionFaults}
            readOnly={!admin}
            onText={(text) => {
              setConditionText(text);
              setFault(null);
              setNote("");
            }}
          />
          <Gates />
          <CreativeEditor draft={current} fault={fault} onChange={change} />
        </div>
        <Delivery
          draft={current}
          saved={saved}
          fault={fault}
          zone={site.settings.timezone}
          onChange={change}
        />
      </fieldset>
    </div>
  );
}

function Actions({
  status,
  isNew,
  changed,
  saving,
  onSave,
}: {
  status: Draft["status"];
  isNew: boolean;
  changed: boolean;
  saving: boolean;
  onSave: (status: Draft["status"]) => Promise<void>;
}): VNode {
  const live = status === "live";
  return (
    <>
      {live || status === "paused" ? (
        <button type="button" class="plain" disabled={saving} onClick={() => void onSave("ended")}>
          {t("end")}
        </button>
      ) : null}
      {live ? (
        <button type="button" disabled={saving} onClick={() => void onSave("paused")}>
          {t("pause")}
        </button>
      ) : (
        <button type="button" disabled={saving || (!changed && !isNew)} onClick={() => void onSave(status)}>
          {t(status === "draft" ? "saveDraft" : "save")}
        </button>
      )}
      <button
        type="button"
        class="primary"
        disabled={saving || (live && !changed)}
        title={t("liveWithin")}
        onClick={() => void onSave("live")}
      >
        {t(live ? "publishChanges" : status === "paused" || status === "ended" ? "resume" : "publish")}
      </button>
    </>
  );
}

/** The gates that every campaign passes after its condition, in the order of the design. */
function Gates(): VNode {
  return (
    <div class="gates note">
      <span>{t("gatesThen")}</span>
      <ol>
        {["consent", "schedule", "caps", "agent", "holdout", "variant"].map((gate) => (
          <li key={gate} class="tag outline">
            {t(`gate_${gate}`)}
          </li>
        ))}
      </ol>
    </div>
  );
}

function faultsOf(parsed: ReturnType<typeof parseCondition>, fault: Fault | null): ConditionFault[] {
  if (!parsed.ok) return [];
  const read = readCondition(parsed.value);
  if (!read.ok) return read.problems;
  if (fault === null || (fault.path !== "condition" && !fault.path.startsWith("condition."))) return [];
  return [{ path: fault.path.slice("condition.".length), message: fault.message }];
}

function knownField(path: string): boolean {
  return /^(?:name|kind|variants\.\d+\.(?:key|weight|creative\.(?:fr|en)\.(?:title|text|accept|decline|code|link|image))|schedule|caps|priority|skill|holdout|window_hours|planned_end)/.test(
    path,
  );
}
