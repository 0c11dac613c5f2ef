/** The share that no campaign reaches, who is in it since when, and when others are. */
import type { VNode } from "preact";
import { holdoutPeriod } from "../../../domain/experiments/holdout-periods.ts";
import { date } from "../../shared/format.ts";
import { faultAt, type Fault } from "../campaigns/fault.ts";
import { TextField } from "../field.tsx";
import { locale, t } from "../session.ts";
import type { SiteResource } from "../site.ts";
import { s } from "./words.ts";

export function HoldoutField({
  draft,
  saved,
  fault,
  onChange,
}: {
  draft: SiteResource;
  saved: SiteResource;
  fault: Fault | null;
  onChange: (share: number) => void;
}): VNode {
  return (
    <TextField
      label={t("set_global_holdout")}
      type="number"
      min={0}
      max={50}
      step={1}
      value={String(Math.round(draft.global_holdout * 100))}
      note={`${t("set_global_holdoutNote")} ${drawSaid(draft.global_holdout, saved, Date.now())}`}
      error={faultAt(fault, "global_holdout")}
      onInput={(text) => onChange(Number(text) / 100)}
    />
  );
}

function drawSaid(share: number, saved: SiteResource, now: number): string {
  if (share === 0) return s("holdoutNone");
  if (share !== saved.global_holdout) return s("holdoutDraws");
  const { drawnAt, until } = holdoutPeriod(saved, now);
  const shown = (at: number): string => date(locale.value, at, saved.timezone);
  const next = shown(until);
  return drawnAt === null ? s("holdoutSince", { next }) : s("holdoutDrawn", { drawn: shown(drawnAt), next });
}
