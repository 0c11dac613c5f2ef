/** What a tile is called, leading to its figure over the same period: by the day, or of one day by the hour. */
import type { VNode } from "preact";
import type { KpiName } from "../../../domain/kpi/figures.ts";
import { queryOf } from "../figures/asked.ts";
import { screenPath, useSite } from "../site.ts";
import type { Asked } from "./asked.ts";
import { o } from "./words.ts";

export function ToFigure({
  kpis,
  label,
  asked: { period, businessHours },
  short = false,
}: {
  kpis: readonly KpiName[];
  label: string;
  asked: Asked;
  /** Where the name stands beside it already. */
  short?: boolean;
}): VNode {
  const { key } = useSite();
  const isOneDay = period === "today" || (typeof period !== "string" && period.from === period.to);
  const by = isOneDay ? "hour" : "day";
  const query = queryOf({ period, kpis, by, businessHours, compare: true });
  return (
    <a class="to-figure" href={`${screenPath(key, "figures")}${query}`} aria-label={o(`to_${by}`, { label })}>
      {short ? o(`by_${by}`) : label}
    </a>
  );
}
