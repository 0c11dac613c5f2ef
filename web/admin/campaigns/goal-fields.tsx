/** What counts as success, within which time, and what engaging one visitor is worth. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { TextField } from "../field.tsx";
import { ResourceChoice } from "../resource-choice.tsx";
import { t } from "../session.ts";
import { useSite } from "../site.ts";
import type { PartProps } from "./draft.ts";
import { faultAt } from "./fault.ts";
import { w } from "./words.ts";

/** A window that somebody has set, or saved, stays; until then it is that of the goal. */
export function GoalFields({ draft, saved, fault, onChange }: PartProps & { saved: Campaign | null }): VNode {
  const site = useSite();
  const [isSet, setIsSet] = useState(false);
  const follows = saved === null && !isSet;
  const windowOf = (own: number | null | undefined): number => own ?? site.settings.attribution_hours;
  return (
    <>
      <ResourceChoice
        collection="goals"
        chosen={draft.goal ?? null}
        label={w("goal")}
        none={w("goalOrder")}
        failed={w("goalsFailed")}
        error={faultAt(fault, "goal")}
        onChoose={(goal, chosen) =>
          onChange({ goal, ...(follows ? { window_hours: windowOf(chosen?.window_hours) } : {}) })
        }
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
        onInput={(text) => {
          setIsSet(true);
          onChange({ window_hours: Number(text) });
        }}
      />
      <TextField
        label={w("worth", { currency: site.settings.currency })}
        type="number"
        min={0}
        step="any"
        value={draft.value === null || draft.value === undefined ? "" : String(draft.value)}
        note={w("worthNote")}
        error={faultAt(fault, "value")}
        onInput={(text) => onChange({ value: text === "" ? null : Number(text) })}
      />
    </>
  );
}
