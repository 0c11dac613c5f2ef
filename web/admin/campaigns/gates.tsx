/** Beside the condition: what else a campaign must pass. */
import type { VNode } from "preact";
import { t } from "../session.ts";

/** The gates that every campaign passes after its condition, in the order of the design. */
export function Gates(): VNode {
  return (
    <div class="gates note">
      <span>{t("gatesThen")}</span>
      <ol>
        {["consent", "schedule", "caps", "agent", "holdout", "variant"].map((gate) => (
          <li key={gate} class="tag outline">
            {t(`gate_${gate}`)}
          </li>
        ))}
      </ol>
    </div>
  );
}
