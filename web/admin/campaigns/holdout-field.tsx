/** The hold-out, and what it costs: the days until one more point would be seen. */
import type { ComponentChildren, VNode } from "preact";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { request } from "../../shared/api.ts";
import { number, percent } from "../../shared/format.ts";
import { Field } from "../field.tsx";
import { cellOf, type KpiAnswer } from "../overview/kpi-view.ts";
import { useResource } from "../resource.ts";
import { locale, t } from "../session.ts";
import { apiPath, useSite } from "../site.ts";
import type { Draft } from "./draft.ts";
import { faultAt, type Fault } from "./fault.ts";
import {
  priceOf,
  trafficOf,
  trafficOfDryRun,
  type PhaseResults,
  type Replayed,
  type Traffic,
} from "./holdout-price.ts";
import { w } from "./words.ts";

const LARGEST = 0.5;
const BASE_DAYS = 30;
const DAY_MS = 86_400_000;

export function HoldoutField({
  draft,
  saved,
  replayed,
  fault,
  onChange,
}: {
  draft: Draft;
  saved: Campaign | null;
  replayed: Replayed | null;
  fault: Fault | null;
  onChange: (part: Partial<Draft>) => void;
}): VNode {
  const traffic = useTraffic(saved, replayed);
  const lowered = saved !== null && saved.status === "live" && draft.holdout < saved.holdout;
  const share = percent(locale.value, draft.holdout, 0);
  return (
    <Field
      label={t("holdout")}
      error={faultAt(fault, "holdout")}
      note={
        <>
          {t(draft.holdout === 0 ? "holdoutNone" : "holdoutNote", { share })}
          {lowered ? ` ${t("holdoutLowered")}` : ""}
          {draft.holdout === 0 ? null : <Price holdout={draft.holdout} traffic={traffic} />}
        </>
      }
    >
      {(ids) => (
        <span class="slider">
          <input
            {...ids}
            type="range"
            min={0}
            max={Math.max(LARGEST, draft.holdout)}
            step={0.01}
            value={draft.holdout}
            aria-valuetext={share}
            onInput={(event) => onChange({ holdout: Number(event.currentTarget.value) })}
          />
          <output for={ids.id}>{share}</output>
        </span>
      )}
    </Field>
  );
}

function Price({ holdout, traffic }: { holdout: number; traffic: Traffic | null }): ComponentChildren {
  const price = priceOf(holdout, traffic);
  if (price === null) return <span class="price">{w("priceUnknown")}</span>;
  const { days, other } = price;
  return (
    <span class="price">
      {w("price")} <strong>{w("days", { days: number(locale.value, days), n: days })}</strong>.{" "}
      {other === null ? null : (
        <>
          {w("priceOther", { share: percent(locale.value, other.holdout, 0) })}{" "}
          <strong>{w("days", { days: number(locale.value, other.days), n: other.days })}</strong>.
        </>
      )}
    </span>
  );
}

/** What the campaign's present phase has seen; before it has run, what a dry run of the draft foretells. */
function useTraffic(saved: Campaign | null, replayed: Replayed | null): Traffic | null {
  const site = useSite();
  const ran = saved !== null && saved.status !== "draft";
  const results = useResource(`results of ${ran ? `${saved.id} ${saved.phase}` : "nothing"}`, (signal) =>
    ran
      ? request<PhaseResults>("GET", apiPath(site.key, "campaigns", saved.id, "results"), undefined, {
          signal,
        })
      : Promise.resolve(null),
  );
  const base = useResource(`base rate of ${replayed === null ? "nothing" : site.key}`, (signal) =>
    replayed === null ? Promise.resolve(null) : readBaseRate(site.key, signal),
  );
  const { data, readAt } = results;
  const seen = data === undefined || data === null || readAt === null ? null : trafficOf(data, readAt);
  return seen ?? (replayed === null ? null : trafficOfDryRun(replayed, base.data ?? null));
}

/** How many of the site's visitors bought, over the days that its figures cover by themselves. */
async function readBaseRate(site: string, signal: AbortSignal): Promise<number | null> {
  const to = new Date();
  const from = new Date(to.getTime() - BASE_DAYS * DAY_MS);
  const path = `${apiPath(site, "kpis")}?from=${from.toISOString()}&to=${to.toISOString()}`;
  const { rows } = await request<KpiAnswer>("GET", path, undefined, { signal });
  const [visitors, orders] = [cellOf(rows[0], "visitors")?.value ?? 0, cellOf(rows[0], "orders")?.value ?? 0];
  return visitors === 0 ? null : Math.min(1, orders / visitors);
}
