/** A new business case: the least, the likeliest and the most of each input, with what it comes to as it is typed. */
import type { VNode } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { CASE_INPUTS, type CaseInput, type Range } from "../../../domain/roi/case-inputs.ts";
import { type CaseFigures, expectationOf } from "../../../domain/roi/expectation.ts";
import type { WireExpectation } from "../../../domain/roi/wire.ts";
import type { Economics } from "../../../domain/site/settings.ts";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { type ApiFailure, request } from "../../shared/api.ts";
import { SelectField, TextField } from "../field.tsx";
import { readNumber } from "../objectives/kpi-values.ts";
import { asFailure } from "../resource.ts";
import { apiPath, useSite } from "../site.ts";
import { Failed } from "../states.tsx";
import { ExpectationTable } from "./expectation-table.tsx";
import { g } from "./words.ts";

const ENDS = ["low", "likely", "high"] as const;
const SHARES: ReadonlySet<CaseInput> = new Set(["conversion", "margin", "acceptance", "lift"]);
type Typed = Record<CaseInput, Record<keyof Range, string>>;

const EMPTY = { low: "", likely: "", high: "" };

function typedFrom(economics: Economics): Typed {
  const same = (value: number | null | undefined, factor = 1) => {
    const text = value == null ? "" : String(value * factor);
    return { low: text, likely: text, high: text };
  };
  return {
    visitors: EMPTY,
    conversion: EMPTY,
    basket: EMPTY,
    margin: same(economics.margin, 100),
    acceptance: EMPTY,
    lift: EMPTY,
    agent_hour: same(economics.agent_hour),
    chats_per_agent_hour: EMPTY,
    platform_month: same(economics.platform_month ?? 0),
    set_up: same(0),
  };
}

/** The ranges that are typed; null where one is not whole or not in order. */
function rangesOf(typed: Typed): Record<CaseInput, Range> | null {
  const ranges: Partial<Record<CaseInput, Range>> = {};
  for (const input of CASE_INPUTS) {
    const factor = SHARES.has(input) ? 0.01 : 1;
    const [low, likely, high] = ENDS.map((end) => readNumber(typed[input][end]));
    if (low == null || likely == null || high == null || low > likely || likely > high) return null;
    ranges[input] = { low: low * factor, likely: likely * factor, high: high * factor };
  }
  return ranges as Record<CaseInput, Range>;
}

/** What the server will say of the same case. */
function preview(figures: CaseFigures): WireExpectation {
  const found = expectationOf(figures);
  return {
    chats: found.chats,
    incremental_orders: found.incrementalOrders,
    incremental_revenue: found.incrementalRevenue,
    incremental_margin: found.incrementalMargin,
    cost: found.cost,
    net: found.net,
    roi: found.roi,
    payback_months: found.paybackMonths,
    chance_to_pay: found.chanceToPay,
    drivers: found.drivers,
  };
}

export function CaseForm({
  campaigns,
  onDone,
  onCancel,
}: {
  campaigns: readonly Campaign[];
  onDone: () => void;
  onCancel: () => void;
}): VNode {
  const site = useSite();
  const { currency, economics } = site.settings;
  const [name, setName] = useState("");
  const [campaign, setCampaign] = useState("");
  const [months, setMonths] = useState("12");
  const [typed, setTyped] = useState<Typed>(() => typedFrom(economics));
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [incomplete, setIncomplete] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>("input")?.focus(), []);
  const ranges = useMemo(() => rangesOf(typed), [typed]);
  const span = Number(months);
  const expectation = useMemo(
    () => (ranges === null || !(span >= 1 && span <= 36) ? null : preview({ ...ranges, months: span })),
    [ranges, span],
  );
  const type = (input: CaseInput, end: keyof Range, text: string): void =>
    setTyped((before) => ({ ...before, [input]: { ...before[input], [end]: text } }));
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setFailure(null);
    setIncomplete(ranges === null);
    if (ranges === null) return;
    try {
      const body = { name, campaign: campaign === "" ? null : campaign, months: span, ...ranges };
      await request("POST", apiPath(site.key, "business-cases"), body);
      onDone();
    } catch (error) {
      setFailure(asFailure(error));
    }
  };
  return (
    <section aria-labelledby="case-form" class="panel plan-form">
      <h2 id="case-form">{g("newCase")}</h2>
      <p class="quiet">{g("formText")}</p>
      {failure === null ? null : <Failed title={g("saveFailed")} failure={failure} />}
      {incomplete && ranges === null ? (
        <p class="field-error" role="alert">
          {g("incomplete")}
        </p>
      ) : null}
      <form ref={form} onSubmit={(event) => void submit(event)}>
        <div class="plan-fields">
          <TextField label={g("name")} value={name} required maxLength={120} onInput={setName} />
          <SelectField
            label={g("campaign")}
            value={campaign}
            options={[
              { value: "", label: g("noCampaign") },
              ...campaigns.map(({ id, name: label }) => ({ value: id, label })),
            ]}
            onChange={setCampaign}
          />
          <TextField
            type="number"
            label={g("monthsLabel")}
            value={months}
            min={1}
            max={36}
            required
            onInput={setMonths}
          />
        </div>
        <div class="table-scroll" tabIndex={0} role="group" aria-label={g("inputs")}>
          <table class="case-inputs">
            <thead>
              <tr>
                <th scope="col">{g("inputs")}</th>
                {ENDS.map((end) => (
                  <th key={end} scope="col">
                    {g(`end_${end}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {CASE_INPUTS.map((input) => (
                <tr key={input}>
                  <th scope="row">{g(`in_${input}`, { currency })}</th>
                  {ENDS.map((end) => (
                    <td key={end}>
                      <input
                        type="text"
                        inputMode="decimal"
                        required
                        aria-label={`${g(`in_${input}`, { currency })}, ${g(`end_${end}`)}`}
                        value={typed[input][end]}
                        onInput={(event) => type(input, end, event.currentTarget.value)}
                      />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {expectation === null ? (
          <p class="note">{g("previewNone")}</p>
        ) : (
          <ExpectationTable of={expectation} currency={currency} />
        )}
        <div class="actions">
          <button type="submit" class="primary">
            {g("save")}
          </button>
          <button type="button" onClick={onCancel}>
            {g("cancel")}
          </button>
        </div>
      </form>
    </section>
  );
}
