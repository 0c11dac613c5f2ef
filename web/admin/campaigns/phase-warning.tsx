/** What saving will start or end, said before it is saved. */
import Warning from "lucide-static/icons/triangle-alert.svg?raw";
import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { Icon } from "../../shared/icon.tsx";
import { t } from "../session.ts";
import type { PhaseField } from "./draft.ts";

export function PhaseWarning({
  campaign,
  changes,
  status,
  onSave,
  onCancel,
}: {
  campaign: Campaign;
  changes: PhaseField[];
  status: Campaign["status"];
  onSave: () => void;
  onCancel: () => void;
}): VNode {
  const confirm = useRef<HTMLButtonElement>(null);
  useEffect(() => confirm.current?.focus(), []);
  const ends = status === "ended";
  return (
    <div
      class="banner warn phase-warning"
      role="alertdialog"
      aria-labelledby="phase-title"
      aria-describedby="phase-text"
    >
      <Icon svg={Warning} />
      <div>
        <strong id="phase-title">
          {ends ? t("endTitle", { name: campaign.name }) : t("phaseTitle", { phase: campaign.phase + 1 })}
        </strong>
        <p id="phase-text">
          {ends
            ? t("endText")
            : t("phaseText", {
                phase: campaign.phase,
                fields: changes.map((field) => t(`field_${field}`)).join(", "),
              })}
        </p>
        <div class="actions">
          <button ref={confirm} type="button" class="primary" onClick={onSave}>
            {ends ? t("endConfirm") : t("phaseConfirm", { phase: campaign.phase + 1 })}
          </button>
          <button type="button" onClick={onCancel}>
            {t("cancel")}
          </button>
        </div>
      </div>
    </div>
  );
}
