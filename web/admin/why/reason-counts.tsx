/** Of the visits in which a campaign's rule held, what stopped it: one bar a reason, each visit once. */
import "./reason-counts.css";
import type { VNode } from "preact";
import { request } from "../../shared/api.ts";
import { number } from "../../shared/format.ts";
import { useResource } from "../resource.ts";
import { locale } from "../session.ts";
import { apiPath, useSite } from "../site.ts";
import { Shown } from "../states.tsx";
import { Bars } from "./bars.tsx";
import { y } from "./words.ts";

type Reasons = {
  visits: number;
  reasons: { reason: string; visits: number }[];
  page_views_without_consent: number;
};

/** The counts of the saved campaign `id` over the last 31 days. */
export function ReasonCounts({ id }: { id: string }): VNode {
  const site = useSite();
  const resource = useResource(`reasons ${site.key} ${id}`, (signal) =>
    request<Reasons>("GET", apiPath(site.key, "campaigns", id, "reasons"), undefined, { signal }),
  );
  return (
    <section class="reason-counts" aria-labelledby="reason-counts">
      <div class="section-head">
        <h2 id="reason-counts">{y("countsTitle")}</h2>
        <span class="note">{y("countsSpan")}</span>
      </div>
      <Shown resource={resource} title={y("countsFailed")} lines={3}>
        {(counts) => <Counts counts={counts} />}
      </Shown>
    </section>
  );
}

function Counts({ counts }: { counts: Reasons }): VNode {
  const { visits, reasons, page_views_without_consent: exempt } = counts;
  return (
    <>
      <p class="quiet">{visits === 0 ? y("countsNone") : y("countsVisits", { n: visits })}</p>
      {visits === 0 ? null : (
        <Bars
          caption={y("countsTitle")}
          rows={reasons.map(({ reason, visits: count }) => ({
            key: reason,
            label: y(`reason_${reason}`),
            count,
            tone: reason === "treated" ? "shown" : "stopped",
          }))}
          most={visits}
        />
      )}
      <p class="note">{y("countsExempt", { n: number(locale.value, exempt) })}</p>
    </>
  );
}
