/** What the campaign sets out to see: fixed with the phase that starts under it. */
import type { VNode } from "preact";
import type { CampaignPlan } from "../../../domain/targeting/campaign.ts";
import { Switch, TextField } from "../field.tsx";
import { useSite } from "../site.ts";
import type { PartProps } from "./draft.ts";
import { faultAt } from "./fault.ts";
import { w } from "./words.ts";

const PERCENT = 100;
/** A first plan: one buyer in twenty, and one point more. */
const FIRST: CampaignPlan = { baseline: 0.05, effect: 0.01, power: 0.8, spend_cap: null };

export function PlanFields({ draft, fault, onChange }: PartProps): VNode {
  const plan = draft.plan ?? null;
  return (
    <div class="plan-part">
      <Switch
        label={w("planOn")}
        note={w("planNote")}
        checked={plan !== null}
        onChange={(on) => onChange({ plan: on ? FIRST : null })}
      />
      {plan === null ? null : (
        <PlanNumbers plan={plan} fault={fault} onChange={(changed) => onChange({ plan: changed })} />
      )}
    </div>
  );
}

function PlanNumbers({
  plan,
  fault,
  onChange,
}: {
  plan: CampaignPlan;
  fault: PartProps["fault"];
  onChange: (plan: CampaignPlan) => void;
}): VNode {
  const { currency } = useSite().settings;
  const share = (key: "baseline" | "effect") => (
    <TextField
      label={w(`plan_${key}`)}
      type="number"
      min={0}
      max={PERCENT}
      step="any"
      value={shown(plan[key])}
      error={faultAt(fault, `plan.${key}`)}
      onInput={(text) => onChange({ ...plan, [key]: Number(text) / PERCENT })}
    />
  );
  return (
    <>
      {share("baseline")}
      {share("effect")}
      <TextField
        label={w("plan_spend_cap", { currency })}
        type="number"
        min={0}
        step="any"
        value={plan.spend_cap == null ? "" : String(plan.spend_cap)}
        note={w("planCapNote")}
        error={faultAt(fault, "plan.spend_cap")}
        onInput={(text) => onChange({ ...plan, spend_cap: text === "" ? null : Number(text) })}
      />
    </>
  );
}

/** A share as a percentage, without what binary fractions add behind it. */
function shown(share: number): string {
  return String(Number((share * PERCENT).toFixed(6)));
}
