/** How often one visitor may be asked: the caps of this campaign. */
import type { VNode } from "preact";
import type { Caps } from "../../../domain/targeting/campaign.ts";
import { TextField } from "../field.tsx";
import { t } from "../session.ts";
import type { PartProps } from "./draft.ts";
import { faultAt } from "./fault.ts";
import { w } from "./words.ts";

const COUNTS = ["per_session", "per_visitor", "per_days", "after_decline_days"] as const;
const MINUTE_SECONDS = 60;

export function CapsFields({ draft, fault, onChange }: PartProps): VNode {
  const write = (key: keyof Caps, value: number | null): void => {
    const { [key]: _before, ...others } = draft.caps;
    onChange({ caps: value === null ? others : { ...others, [key]: value } });
  };
  const cooldown = draft.caps.cooldown_seconds ?? null;
  return (
    <fieldset class="caps">
      <legend>{t("caps")}</legend>
      {COUNTS.map((key) => (
        <TextField
          key={key}
          label={t(`cap_${key}`)}
          type="number"
          min={key === "after_decline_days" ? 0 : 1}
          max={366}
          step={1}
          value={String(draft.caps[key] ?? "")}
          error={faultAt(fault, `caps.${key}`)}
          onInput={(text) => write(key, text === "" ? null : Number(text))}
        />
      ))}
      <TextField
        label={w("cap_cooldown")}
        type="number"
        min={1}
        step="any"
        value={cooldown === null ? "" : String(cooldown / MINUTE_SECONDS)}
        error={faultAt(fault, "caps.cooldown_seconds")}
        onInput={(text) =>
          write("cooldown_seconds", text === "" ? null : Math.round(Number(text) * MINUTE_SECONDS))
        }
      />
      <p class="note">
        {t("capsNote")} {w("capsPressure")}
      </p>
    </fieldset>
  );
}
