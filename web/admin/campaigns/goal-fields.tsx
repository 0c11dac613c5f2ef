/** What counts as success, within which time, and what engaging one visitor is worth. */
import type { VNode } from "preact";
import type { Goal } from "../../../domain/site/resources.ts";
import { request } from "../../shared/api.ts";
import { SelectField, TextField } from "../field.tsx";
import { useResource } from "../resource.ts";
import { t } from "../session.ts";
import { apiPath, useSite, type Page } from "../site.ts";
import type { Draft } from "./draft.ts";
import { faultAt, type Fault } from "./fault.ts";
import { w } from "./words.ts";

export function GoalFields({
  draft,
  fault,
  onChange,
}: {
  draft: Draft;
  fault: Fault | null;
  onChange: (part: Partial<Draft>) => void;
}): VNode {
  const site = useSite();
  const { data, failure } = useResource(`goals of ${site.key}`, (signal) =>
    request<Page<Goal>>("GET", `${apiPath(site.key, "goals")}?limit=200`, undefined, { signal }),
  );
  const goal = draft.goal ?? "";
  const goals = (data?.items ?? []).map(({ key, name }) => ({ value: key, label: name }));
  // A goal that is gone stays in the list until another is chosen.
  const gone =
    goal !== "" && !goals.some(({ value }) => value === goal) ? [{ value: goal, label: goal }] : [];
  return (
    <>
      <SelectField
        label={w("goal")}
        value={goal}
        options={[{ value: "", label: w("goalOrder") }, ...goals, ...gone]}
        {...(failure === null ? {} : { note: w("goalsFailed") })}
        error={faultAt(fault, "goal")}
        onChange={(chosen) => onChange({ goal: chosen === "" ? null : chosen })}
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
