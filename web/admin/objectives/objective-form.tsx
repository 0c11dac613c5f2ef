/** One objective, new or changed: a KPI, from where to where, until when, and who answers for it. */
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type MeasuredKpi, MEASURED_KPI_NAMES, traitOf } from "../../../domain/objectives/measured-kpis.ts";
import type { Objective } from "../../../domain/objectives/objective.ts";
import { type ApiFailure, request } from "../../shared/api.ts";
import { type Fault, faultAt } from "../campaigns/fault.ts";
import { SelectField, Switch, TextField } from "../field.tsx";
import { asFailure } from "../resource.ts";
import { apiPath, useSite } from "../site.ts";
import { Failed } from "../states.tsx";
import { readTyped, typedOf, unitOf } from "./kpi-values.ts";
import type { Saved } from "./objectives.tsx";
import { o } from "./words.ts";

const DAY_MS = 86_400_000;
const QUARTER_DAYS = 91;

type Draft = {
  name: string;
  kpi: MeasuredKpi;
  baseline: string;
  target: string;
  starts_on: string;
  due_on: string;
  window_days: string;
  owner: string;
  business_hours: boolean;
};

function draftOf(saved: Saved<Objective> | null, owner: string): Draft {
  const today = Date.now();
  if (saved === null) {
    return {
      name: "",
      kpi: "conversion_rate",
      baseline: "",
      target: "",
      starts_on: new Date(today).toISOString().slice(0, 10),
      due_on: new Date(today + QUARTER_DAYS * DAY_MS).toISOString().slice(0, 10),
      window_days: "28",
      owner,
      business_hours: false,
    };
  }
  return {
    ...saved,
    baseline: typedOf(saved.kpi, saved.baseline),
    target: typedOf(saved.kpi, saved.target),
    window_days: String(saved.window_days),
  };
}

export function ObjectiveForm({
  saved,
  onDone,
  onCancel,
}: {
  saved: Saved<Objective> | null;
  onDone: () => void;
  onCancel: () => void;
}): VNode {
  const site = useSite();
  const [draft, setDraft] = useState<Draft>(() => draftOf(saved, ""));
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>("input")?.focus(), []);
  useEffect(() => {
    if (fault !== null) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [fault]);

  const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }));
  const at = (path: string) => faultAt(fault, path);
  const inHours = traitOf(draft.kpi).inHours === true;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setFailure(null);
    setFault(null);
    const body = {
      ...draft,
      baseline: readTyped(draft.kpi, draft.baseline),
      target: readTyped(draft.kpi, draft.target),
      window_days: Number(draft.window_days),
      business_hours: draft.business_hours && inHours,
    };
    const { name, kpi, baseline, target, starts_on, due_on, window_days, owner, business_hours } = body;
    const sent = { name, kpi, baseline, target, starts_on, due_on, window_days, owner, business_hours };
    try {
      if (saved === null) await request("POST", apiPath(site.key, "objectives"), sent);
      else
        await request("PATCH", apiPath(site.key, "objectives", saved.id), sent, { version: saved.version });
      onDone();
    } catch (error) {
      const refused = asFailure(error);
      if (refused.path !== null && refused.path in sent) {
        const { path, message } = refused;
        setFault({ path, message, said: o(`fault_${path}`) });
      } else setFailure(refused);
    }
  };
  const unit = unitOf(draft.kpi);
  const typed = o(`unit_${unit ?? "rate"}`, { currency: site.settings.currency });
  return (
    <section aria-labelledby="objective-form" class="panel plan-form">
      <h2 id="objective-form">{o(saved === null ? "newObjective" : "editObjective")}</h2>
      {failure === null ? null : <Failed title={o("saveFailed")} failure={failure} />}
      <form ref={form} onSubmit={(event) => void submit(event)}>
        <div class="plan-fields">
          <TextField
            label={o("name")}
            value={draft.name}
            required
            maxLength={120}
            error={at("name")}
            onInput={(name) => change({ name })}
          />
          <SelectField
            label={o("kpi")}
            value={draft.kpi}
            options={MEASURED_KPI_NAMES.map((kpi) => ({ value: kpi, label: o(`kpi_${kpi}`) }))}
            onChange={(kpi) => change({ kpi })}
          />
          <TextField
            label={`${o("baseline")} (${typed})`}
            value={draft.baseline}
            required
            error={at("baseline")}
            onInput={(baseline) => change({ baseline })}
          />
          <TextField
            label={`${o("target")} (${typed})`}
            value={draft.target}
            required
            error={at("target")}
            onInput={(target) => change({ target })}
          />
          <TextField
            type="date"
            label={o("startsOn")}
            value={draft.starts_on}
            required
            error={at("starts_on")}
            onInput={(starts_on) => change({ starts_on })}
          />
          <TextField
            type="date"
            label={o("dueOn")}
            value={draft.due_on}
            required
            error={at("due_on")}
            onInput={(due_on) => change({ due_on })}
          />
          <TextField
            type="number"
            label={o("windowDays")}
            value={draft.window_days}
            required
            min={7}
            max={92}
            error={at("window_days")}
            onInput={(window_days) => change({ window_days })}
          />
          <TextField
            label={o("owner")}
            value={draft.owner}
            required
            maxLength={120}
            error={at("owner")}
            onInput={(owner) => change({ owner })}
          />
        </div>
        {inHours ? (
          <Switch
            label={o("businessHours")}
            note={o(site.settings.business_hours.length === 0 ? "businessHoursNone" : "businessHoursNote")}
            checked={draft.business_hours}
            onChange={(business_hours) => change({ business_hours })}
          />
        ) : null}
        <div class="actions">
          <button type="submit" class="primary">
            {o("save")}
          </button>
          <button type="button" onClick={onCancel}>
            {o("cancel")}
          </button>
        </div>
      </form>
    </section>
  );
}
