/** "How much": when it may run, whether an agent must be free, the caps, the goal's window and the hold-out. */
import Lock from "lucide-static/icons/lock.svg?raw";
import type { VNode } from "preact";
import type { Skill } from "../../../domain/site/resources.ts";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { request } from "../../shared/api.ts";
import { percent } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { Field, SelectField, TextField } from "../field.tsx";
import { useResource } from "../resource.ts";
import { locale, t } from "../session.ts";
import { apiPath, useSite, type Page } from "../site.ts";
import type { Draft } from "./draft.ts";
import { faultAt, type Fault } from "./fault.ts";
import { isoOfLocal, localOf } from "./local-time.ts";
import { OpeningHours } from "./opening-hours.tsx";

type Props = {
  draft: Draft;
  saved: Campaign | null;
  fault: Fault | null;
  zone: string;
  onChange: (part: Partial<Draft>) => void;
};
type CapKey = "per_session" | "per_visitor" | "per_days" | "after_decline_days";

export function Delivery({ draft, saved, fault, zone, onChange }: Props): VNode {
  return (
    <div class="delivery">
      <h2>{t("deliveryTitle")}</h2>
      <div class="delivery-rows">
        <Agent draft={draft} fault={fault} onChange={onChange} />
        <Caps draft={draft} fault={fault} onChange={onChange} />
        <TextField
          label={t("priority")}
          type="number"
          min={-1_000}
          max={1_000}
          step={1}
          value={String(draft.priority)}
          note={t("priorityNote")}
          error={faultAt(fault, "priority")}
          onInput={(text) => onChange({ priority: text === "" ? 0 : Number(text) })}
        />
        <TextField
          label={t("window")}
          type="number"
          min={1}
          max={720}
          step={1}
          value={String(draft.window_hours)}
          note={t("windowNote")}
          error={faultAt(fault, "window_hours")}
          onInput={(text) => onChange({ window_hours: Number(text) })}
        />
        <Holdout draft={draft} saved={saved} fault={fault} onChange={onChange} />
        <Times draft={draft} fault={fault} zone={zone} onChange={onChange} />
        <OpeningHours
          hours={draft.schedule.hours ?? []}
          fault={faultAt(fault, "schedule.hours")}
          zone={zone}
          onChange={(hours) =>
            onChange({ schedule: { ...draft.schedule, hours: hours.length === 0 ? null : hours } })
          }
        />
      </div>
    </div>
  );
}

type PartProps = Omit<Props, "zone" | "saved">;

function Agent({ draft, fault, onChange }: PartProps): VNode {
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          role="switch"
          checked={draft.requires_agent}
          onChange={(event) => onChange({ requires_agent: event.currentTarget.checked })}
        />
        <span>
          <strong>{t("needsAgent")}</strong>
          <span class="note">{t("needsAgentNote")}</span>
        </span>
      </label>
      {draft.requires_agent ? (
        <SkillChoice skill={draft.skill ?? null} fault={fault} onChoose={(skill) => onChange({ skill })} />
      ) : null}
    </>
  );
}

/** One of the site's skills, or anybody. A skill that is gone stays in the list until another is chosen. */
function SkillChoice({
  skill,
  fault,
  onChoose,
}: {
  skill: string | null;
  fault: Fault | null;
  onChoose: (skill: string | null) => void;
}): VNode {
  const site = useSite();
  const { data, failure } = useResource(`skills of ${site.key}`, (signal) =>
    request<Page<Skill>>("GET", `${apiPath(site.key, "skills")}?limit=200`, undefined, { signal }),
  );
  const skills = (data?.items ?? []).map(({ key, name }) => ({ value: key, label: name }));
  const gone = skill !== null && !skills.some(({ value }) => value === skill);
  const present = gone ? [{ value: skill, label: data ? t("skillGone", { skill }) : skill }] : [];
  return (
    <SelectField
      label={t("skill")}
      value={skill ?? ""}
      options={[{ value: "", label: t("skillAny") }, ...skills, ...present]}
      {...(failure === null ? {} : { note: t("skillsFailed") })}
      error={faultAt(fault, "skill")}
      onChange={(chosen) => onChoose(chosen === "" ? null : chosen)}
    />
  );
}

function Caps({ draft, fault, onChange }: PartProps): VNode {
  const write = (key: CapKey, text: string): void => {
    const { [key]: _before, ...others } = draft.caps;
    onChange({ caps: text === "" ? others : { ...others, [key]: Number(text) } });
  };
  return (
    <fieldset class="caps">
      <legend>{t("caps")}</legend>
      {(["per_session", "per_visitor", "per_days", "after_decline_days"] as const).map((key) => (
        <TextField
          key={key}
          label={t(`cap_${key}`)}
          type="number"
          min={key === "after_decline_days" ? 0 : 1}
          max={366}
          step={1}
          value={String(draft.caps[key] ?? "")}
          error={faultAt(fault, `caps.${key}`)}
          onInput={(text) => write(key, text)}
        />
      ))}
      <p class="note">{t("capsNote")}</p>
    </fieldset>
  );
}

function Holdout({ draft, saved, fault, onChange }: PartProps & { saved: Campaign | null }): VNode {
  const lowered = saved !== null && saved.status === "live" && draft.holdout < saved.holdout;
  return (
    <Field
      label={t("holdout")}
      error={faultAt(fault, "holdout")}
      note={
        <>
          {t(draft.holdout === 0 ? "holdoutNone" : "holdoutNote", {
            share: percent(locale.value, draft.holdout, 0),
          })}
          {lowered ? ` ${t("holdoutLowered")}` : ""}
        </>
      }
    >
      {(ids) => (
        <span class="slider">
          <input
            {...ids}
            type="range"
            min={0}
            max={Math.max(0.5, draft.holdout)}
            step={0.01}
            value={draft.holdout}
            aria-valuetext={percent(locale.value, draft.holdout, 0)}
            onInput={(event) => onChange({ holdout: Number(event.currentTarget.value) })}
          />
          <output for={ids.id}>{percent(locale.value, draft.holdout, 0)}</output>
        </span>
      )}
    </Field>
  );
}

function Times({ draft, fault, zone, onChange }: PartProps & { zone: string }): VNode {
  const { schedule } = draft;
  return (
    <>
      <TextField
        label={t("from")}
        type="datetime-local"
        value={localOf(schedule.from, zone)}
        error={faultAt(fault, "schedule.from")}
        onInput={(text) => onChange({ schedule: { ...schedule, from: isoOfLocal(text, zone) } })}
      />
      <TextField
        label={t("to")}
        type="datetime-local"
        value={localOf(schedule.to, zone)}
        note={t("timesNote", { zone })}
        error={faultAt(fault, "schedule.to")}
        onInput={(text) => onChange({ schedule: { ...schedule, to: isoOfLocal(text, zone) } })}
      />
      <TextField
        label={t("plannedEnd")}
        type="datetime-local"
        value={localOf(draft.planned_end, zone)}
        note={
          <>
            <Icon svg={Lock} size={12} /> {t("plannedEndNote")}
          </>
        }
        error={faultAt(fault, "planned_end")}
        onInput={(text) => onChange({ planned_end: isoOfLocal(text, zone) })}
      />
    </>
  );
}
