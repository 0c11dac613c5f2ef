/** A new agreement: what is paid for, by which campaigns, at what rate, and under which conditions. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { AgreedKpi } from "../../../domain/roi/agreement.ts";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { type ApiFailure, request } from "../../shared/api.ts";
import { SelectField, TextField } from "../field.tsx";
import { readNumber } from "../objectives/kpi-values.ts";
import { asFailure } from "../resource.ts";
import { apiPath, useSite } from "../site.ts";
import { Failed } from "../states.tsx";
import { g } from "./words.ts";

const KPIS: readonly AgreedKpi[] = [
  "incremental_sales",
  "incremental_revenue",
  "deflected_contacts",
  "satisfaction",
];
const SATISFIED_SHARE = 0.01;

export function AgreementForm({
  campaigns,
  month,
  onDone,
  onCancel,
}: {
  campaigns: readonly Campaign[];
  month: string;
  onDone: () => void;
  onCancel: () => void;
}): VNode {
  const site = useSite();
  const { currency } = site.settings;
  const [name, setName] = useState("");
  const [kpi, setKpi] = useState<AgreedKpi>("incremental_sales");
  const [chosen, setChosen] = useState<string[]>([]);
  const [basis, setBasis] = useState<"estimate" | "low">("low");
  const [texts, setTexts] = useState({ rate: "", minimum: "", cap: "", csat: "", from: month });
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const type = (part: Partial<typeof texts>): void => setTexts((before) => ({ ...before, ...part }));
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setFailure(null);
    const csat = readNumber(texts.csat);
    const minimum = readNumber(texts.minimum);
    const body = {
      name,
      kpi,
      campaigns: kpi === "satisfaction" ? [] : chosen,
      rate: kpi === "incremental_revenue" ? (readNumber(texts.rate) ?? 0) / 100 : readNumber(texts.rate),
      basis,
      minimum: minimum === null ? null : kpi === "satisfaction" ? minimum * SATISFIED_SHARE : minimum,
      cap: readNumber(texts.cap),
      goals: csat === null ? [] : [{ kpi: "csat", bound: "at_least", value: csat * SATISFIED_SHARE }],
      from_month: texts.from,
    };
    try {
      await request("POST", apiPath(site.key, "agreements"), body);
      onDone();
    } catch (error) {
      setFailure(asFailure(error));
    }
  };
  return (
    <form class="panel plan-form" onSubmit={(event) => void submit(event)} aria-label={g("newAgreement")}>
      {failure === null ? null : <Failed title={g("saveFailed")} failure={failure} />}
      <div class="plan-fields">
        <TextField label={g("name")} value={name} required maxLength={120} onInput={setName} />
        <SelectField
          label={g("agreedOn")}
          value={kpi}
          options={KPIS.map((value) => ({ value, label: g(`kpi_${value}`) }))}
          onChange={setKpi}
        />
        <TextField
          label={g(`rate_${kpi}`, { currency })}
          value={texts.rate}
          required
          onInput={(rate) => type({ rate })}
        />
        <SelectField
          label={g("basis")}
          value={basis}
          options={(["low", "estimate"] as const).map((value) => ({ value, label: g(`basis_${value}`) }))}
          onChange={setBasis}
        />
        <TextField
          label={g(`minimum_${kpi}`, { currency })}
          value={texts.minimum}
          onInput={(minimum) => type({ minimum })}
        />
        <TextField label={g("cap", { currency })} value={texts.cap} onInput={(cap) => type({ cap })} />
        <TextField
          label={g("goalCsat")}
          value={texts.csat}
          required={kpi === "satisfaction" && readNumber(texts.minimum) === null}
          {...(kpi === "satisfaction" ? { note: g("goalOrMinimum") } : {})}
          onInput={(csat) => type({ csat })}
        />
        <TextField
          label={g("fromMonth")}
          value={texts.from}
          required
          maxLength={7}
          onInput={(from) => type({ from })}
        />
      </div>
      {kpi === "satisfaction" ? null : (
        <fieldset>
          <legend>{g("campaigns")}</legend>
          {campaigns
            .filter(({ status }) => status !== "draft")
            .map(({ id, name: label }) => (
              <label key={id} class="check">
                <input
                  type="checkbox"
                  checked={chosen.includes(id)}
                  onChange={(event) =>
                    setChosen(
                      event.currentTarget.checked ? [...chosen, id] : chosen.filter((one) => one !== id),
                    )
                  }
                />
                <span>{label}</span>
              </label>
            ))}
        </fieldset>
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
  );
}
