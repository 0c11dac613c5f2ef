/** What selling and serving cost. What stays empty is unknown, and so is every figure that would need it. */
import type { VNode } from "preact";
import type { Economics } from "../../../domain/site/settings.ts";
import { faultAt, type Fault } from "../campaigns/fault.ts";
import { TextField } from "../field.tsx";
import { s } from "./words.ts";

const PERCENT = 100;
const MONEY = ["agent_hour", "platform_month", "contact_phone", "contact_email"] as const;

export function EconomicsFields({
  economics,
  currency,
  fault,
  onChange,
}: {
  economics: Economics;
  currency: string;
  fault: Fault | null;
  onChange: (economics: Economics) => void;
}): VNode {
  const write = (key: keyof Economics, value: number | null): void => {
    const { [key]: _before, ...others } = economics;
    onChange(value === null ? others : { ...others, [key]: value });
  };
  const field = (key: keyof Economics, factor: number, max?: number): VNode => {
    const value = economics[key] ?? null;
    const found = faultAt(fault, `economics.${key}`);
    return (
      <TextField
        key={key}
        label={s(`economics_${key}`, { currency })}
        type="number"
        min={0}
        {...(max === undefined ? {} : { max })}
        step="any"
        value={value === null ? "" : String(Number((value * factor).toFixed(6)))}
        error={found === undefined ? undefined : { ...found, said: s("at_economics") }}
        onInput={(text) => write(key, text === "" ? null : Number(text) / factor)}
      />
    );
  };
  return (
    <section aria-labelledby="economics-title">
      <h2 id="economics-title">{s("economicsTitle")}</h2>
      <p class="quiet">{s("economicsText")}</p>
      <div class="form pressure">
        {field("margin", PERCENT, PERCENT)}
        {MONEY.map((key) => field(key, 1))}
      </div>
    </section>
  );
}
