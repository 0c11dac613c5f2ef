/** "How much": when it may run, whether an agent must be free, the caps, the goal and the hold-out. */
import Lock from "lucide-static/icons/lock.svg?raw";
import type { VNode } from "preact";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { Icon } from "../../shared/icon.tsx";
import { Switch, TextField } from "../field.tsx";
import { ResourceChoice } from "../resource-choice.tsx";
import { t } from "../session.ts";
import { useSite } from "../site.ts";
import { CapsFields } from "./caps-fields.tsx";
import type { PartProps } from "./draft.ts";
import { faultAt } from "./fault.ts";
import { GoalFields } from "./goal-fields.tsx";
import { HoldoutField } from "./holdout-field.tsx";
import type { Replayed } from "./holdout-price.ts";
import { isoOfLocal, localOf } from "./local-time.ts";
import { NamespaceField } from "./namespace-field.tsx";
import { OpeningHours } from "./opening-hours.tsx";
import { PlanFields } from "./plan-fields.tsx";
import { w } from "./words.ts";

type Props = PartProps & { saved: Campaign | null; replayed: Replayed | null; zone: string };

export function Delivery({ draft, saved, replayed, fault, zone, onChange }: Props): VNode {
  const part = { draft, fault, onChange };
  return (
    <div class="delivery">
      <h2>{t("deliveryTitle")}</h2>
      <div class="delivery-rows">
        <Hours {...part} zone={zone} />
        <Agent {...part} />
        <CapsFields {...part} />
        <GoalFields {...part} saved={saved} />
        <HoldoutField {...part} saved={saved} replayed={replayed} />
        <PlanFields {...part} />
        <Times {...part} zone={zone} />
        <TextField
          label={t("priority")}
          type="number"
          min={-1_000}
          max={1_000}
          step={1}
          value={String(draft.priority)}
          note={w("priorityNote")}
          error={faultAt(fault, "priority")}
          onInput={(text) => onChange({ priority: text === "" ? 0 : Number(text) })}
        />
        <NamespaceField {...part} />
        <Switch
          label={w("exempt")}
          note={w("exemptNote")}
          checked={draft.exempt_ok}
          onChange={(exempt_ok) => onChange({ exempt_ok })}
        />
      </div>
    </div>
  );
}

function Hours({ draft, fault, zone, onChange }: PartProps & { zone: string }): VNode {
  const { schedule } = draft;
  return (
    <div class="hours-part">
      <Switch
        label={w("businessHours")}
        note={w(useSite().settings.business_hours.length === 0 ? "businessHoursNone" : "businessHoursNote")}
        checked={schedule.business_hours === true}
        onChange={(on) => onChange({ schedule: { ...schedule, business_hours: on ? true : null } })}
      />
      <OpeningHours
        hours={schedule.hours ?? []}
        fault={faultAt(fault, "schedule.hours")}
        zone={zone}
        onChange={(hours) =>
          onChange({ schedule: { ...schedule, hours: hours.length === 0 ? null : hours } })
        }
      />
    </div>
  );
}

function Agent({ draft, fault, onChange }: PartProps): VNode {
  return (
    <>
      <Switch
        label={t("needsAgent")}
        note={t("needsAgentNote")}
        checked={draft.requires_agent}
        onChange={(requires_agent) => onChange({ requires_agent })}
      />
      {draft.requires_agent ? (
        <ResourceChoice
          collection="skills"
          chosen={draft.skill ?? null}
          label={t("skill")}
          none={t("skillAny")}
          gone={(skill) => t("skillGone", { skill })}
          failed={t("skillsFailed")}
          error={faultAt(fault, "skill")}
          onChoose={(skill) => onChange({ skill })}
        />
      ) : null}
    </>
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
