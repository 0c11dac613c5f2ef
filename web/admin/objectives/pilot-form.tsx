/** A new pilot: who, where, how much, until when, and by what it is judged. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { type MeasuredKpi, MEASURED_KPI_NAMES } from "../../../domain/objectives/measured-kpis.ts";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { type ApiFailure, request } from "../../shared/api.ts";
import { SelectField, TextField } from "../field.tsx";
import { asFailure, useResource } from "../resource.ts";
import { apiPath, type Page, useSite } from "../site.ts";
import { Failed } from "../states.tsx";
import { readNumber, readTyped, unitOf } from "./kpi-values.ts";
import { o } from "./words.ts";

type Line = { kpi: MeasuredKpi; bound: "at_least" | "at_most"; value: string };
const DAY_MS = 86_400_000;
const dayIn = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
const listOf = (text: string) => text.split(/[\s,;]+/).filter((part) => part !== "");

/** The share of its visitors whom a campaign invites, as it is typed; all where none carries the pilot. */
function invitedBy(campaign: Campaign | undefined): string {
  if (campaign === undefined) return "100";
  const { holdout, namespace } = campaign;
  const width = namespace == null ? 1 : namespace.to - namespace.from;
  return String(Math.round(1_000 * width * (1 - holdout)) / 10);
}

export function PilotForm({ onDone, onCancel }: { onDone: () => void; onCancel: () => void }): VNode {
  const site = useSite();
  const [draft, setDraft] = useState({
    name: "",
    stage: "",
    next_stage: "",
    agents: "",
    pages: "",
    share: "100",
    campaign: "",
    starts_on: dayIn(0),
    ends_on: dayIn(28),
  });
  const [criteria, setCriteria] = useState<Line[]>([
    { kpi: "acceptance_rate", bound: "at_least", value: "" },
  ]);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const campaigns = useResource(`pilot campaigns ${site.key}`, (signal) =>
    request<Page<Campaign>>("GET", `${apiPath(site.key, "campaigns")}?limit=200`, undefined, { signal }),
  );
  const change = (part: Partial<typeof draft>): void => setDraft((before) => ({ ...before, ...part }));
  const edit = (index: number, part: Partial<Line>): void =>
    setCriteria((before) => before.map((line, place) => (place === index ? { ...line, ...part } : line)));
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setFailure(null);
    const { share, agents, pages, campaign, ...rest } = draft;
    const body = {
      ...rest,
      campaign: campaign === "" ? null : campaign,
      agents: listOf(agents),
      pages: listOf(pages),
      share: (readNumber(share) ?? 0) / 100,
      criteria: criteria.map(({ kpi, bound, value }) => ({ kpi, bound, value: readTyped(kpi, value) })),
    };
    try {
      await request("POST", apiPath(site.key, "pilots"), body);
      onDone();
    } catch (error) {
      setFailure(asFailure(error));
    }
  };
  const text = (key: keyof typeof draft, label: string, required = true) => (
    <TextField
      label={o(label)}
      value={draft[key]}
      required={required}
      maxLength={500}
      onInput={(value) => change({ [key]: value })}
    />
  );
  return (
    <form class="panel plan-form" onSubmit={(event) => void submit(event)} aria-label={o("newPilot")}>
      {failure === null ? null : <Failed title={o("saveFailed")} failure={failure} />}
      <p class="note">{o("pilotCarried")}</p>
      <div class="plan-fields">
        {text("name", "name")}
        {text("stage", "stage")}
        {text("next_stage", "nextStage")}
        {text("agents", "agents", false)}
        <SelectField
          label={o("carriedBy")}
          value={draft.campaign}
          options={[
            { value: "", label: o("carriedByNone") },
            ...(campaigns.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(campaign) =>
            change({ campaign, share: invitedBy(campaigns.data?.items.find(({ id }) => id === campaign)) })
          }
        />
        {text("pages", "pages", false)}
        {text("share", "shareOfTraffic")}
        <TextField
          type="date"
          label={o("startsOn")}
          value={draft.starts_on}
          required
          onInput={(starts_on) => change({ starts_on })}
        />
        <TextField
          type="date"
          label={o("dueOn")}
          value={draft.ends_on}
          required
          onInput={(ends_on) => change({ ends_on })}
        />
      </div>
      {criteria.map((line, index) => (
        <fieldset key={index} class="plan-fields">
          <legend>{o("criterion", { n: index + 1 })}</legend>
          <SelectField
            label={o("kpi")}
            value={line.kpi}
            options={MEASURED_KPI_NAMES.map((kpi) => ({ value: kpi, label: o(`kpi_${kpi}`) }))}
            onChange={(kpi) => edit(index, { kpi })}
          />
          <SelectField
            label={o("bound")}
            value={line.bound}
            options={(["at_least", "at_most"] as const).map((bound) => ({ value: bound, label: o(bound) }))}
            onChange={(bound) => edit(index, { bound })}
          />
          <TextField
            label={`${o("value")} (${o(`unit_${unitOf(line.kpi) ?? "rate"}`, { currency: site.settings.currency })})`}
            value={line.value}
            required
            onInput={(value) => edit(index, { value })}
          />
        </fieldset>
      ))}
      <div class="actions">
        <button type="submit" class="primary">
          {o("save")}
        </button>
        <button
          type="button"
          disabled={criteria.length >= 10}
          onClick={() => setCriteria([...criteria, { kpi: "csat", bound: "at_least", value: "" }])}
        >
          {o("addCriterion")}
        </button>
        <button type="button" onClick={onCancel}>
          {o("cancel")}
        </button>
      </div>
    </form>
  );
}
