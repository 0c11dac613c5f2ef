/** What of an order's amount counts as sold. What is stored stays as it was told. */
import type { VNode } from "preact";
import type { OrderAmount } from "../../../domain/site/order-amount.ts";
import { SelectField } from "../field.tsx";
import { s } from "./words.ts";

const PARTS = ["tax", "shipping"] as const;

export function OrderAmountFields({
  amount,
  onChange,
}: {
  amount: OrderAmount;
  onChange: (amount: OrderAmount) => void;
}): VNode {
  return (
    <section aria-labelledby="order-amount-title">
      <h2 id="order-amount-title">{s("orderAmountTitle")}</h2>
      <p class="quiet">{s("orderAmountText")}</p>
      <div class="form pressure">
        {PARTS.map((part) => (
          <SelectField
            key={part}
            label={s(`orderAmount_${part}`)}
            value={amount[part]}
            options={[
              { value: "included", label: s("orderAmount_included") },
              { value: "left_out", label: s("orderAmount_left_out") },
            ]}
            onChange={(counted) => onChange({ ...amount, [part]: counted })}
          />
        ))}
      </div>
      <p class="note">{s("orderAmountNote")}</p>
    </section>
  );
}
