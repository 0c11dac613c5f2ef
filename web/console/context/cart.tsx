/** What lies in the visitor's cart now. */
import type { VNode } from "preact";
import { money, number } from "../../shared/format.ts";
import type { Cart } from "../model/visitor.ts";
import { locale, t } from "../words.ts";
import { Group } from "./group.tsx";

export function CartGroup({ cart }: { cart: Cart }): VNode {
  const sum = money(locale.value, cart.total, cart.currency);
  return (
    <Group title={t("cart")} aside={cart.lines.length === 0 ? null : <strong>{sum}</strong>}>
      {cart.lines.length === 0 ? <p class="note">{t("cart_empty")}</p> : null}
      <ul class="cart">
        {cart.lines.map((line) => (
          <li key={`${line.name} ${line.variant ?? ""}`}>
            <span>
              {line.name}
              {line.variant === null ? null : <span class="quiet"> · {line.variant}</span>}
              {line.quantity === 1 ? null : (
                <span class="quiet"> × {number(locale.value, line.quantity)}</span>
              )}
            </span>
            <span>{money(locale.value, line.total, cart.currency)}</span>
          </li>
        ))}
      </ul>
    </Group>
  );
}
