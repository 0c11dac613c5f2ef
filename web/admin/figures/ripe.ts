/**
 * What chats and offers are credited with, over the days whose window has passed on both sides: younger days still get
 * orders, and where leads count, leads, which may have more time than orders.
 *
 * Shapes  a `Ripening` is there for each window in which a chosen figure is still growing.
 * Units   windows in milliseconds.
 */
import type { Figure } from "../../../domain/kpi/figure.ts";
import type { Calendar } from "../../../domain/kpi/calendar.ts";
import type { KpiName } from "../../../domain/kpi/figures.ts";
import { leadHours } from "../../../domain/site/lead-window.ts";
import type { Goal } from "../../../domain/site/resources.ts";
import { maturedSpans } from "../../../domain/overview/change.ts";
import { request } from "../../shared/api.ts";
import { apiPath, type Page } from "../site.ts";
import { FIGURES, type Window } from "./catalogue.ts";

const HOUR_MS = 3_600_000;
const PAGE = 200;

type Moments = { from: number; to: number };
export type Windows = Record<Window, number>;
/** `spans` is null where no day has matured yet. */
export type Ripening = {
  window: Window;
  names: readonly KpiName[];
  spans: { now: Moments; before: Moments } | null;
};

/** How long after a chat orders count, and how long anything does that a figure with leads counts. */
export function windowsOf(attributionHours: number, goals: Parameters<typeof leadHours>[1]): Windows {
  const leads = leadHours({ attribution_hours: attributionHours }, goals);
  return { orders: attributionHours * HOUR_MS, leads: Math.max(attributionHours, leads) * HOUR_MS };
}

/** The windows of `site`; its goals are read where one of `kpis` depends on them. */
export async function readWindows(
  site: string,
  kpis: readonly KpiName[],
  attributionHours: number,
  signal: AbortSignal,
): Promise<Windows> {
  const goals: Pick<Goal, "kind" | "window_hours">[] = [];
  let cursor: string | null = kpis.some((name) => FIGURES[name].windowed === "leads") ? "" : null;
  while (cursor !== null) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(cursor === "" ? {} : { cursor }) });
    const page: Page<Goal> = await request<Page<Goal>>(
      "GET",
      `${apiPath(site, "goals")}?${query}`,
      undefined,
      {
        signal,
      },
    );
    goals.push(...page.items);
    cursor = page.next_cursor;
  }
  return windowsOf(attributionHours, goals);
}

/** For each window of `kpis` that has not passed for the whole of `span`: what is to be compared instead. */
export function ripeningOf(
  kpis: readonly KpiName[],
  { span, before }: { span: Moments; before: Moments },
  windows: Windows,
  at: { now: number } & Pick<Calendar, "startOfDay">,
): Ripening[] {
  return (["orders", "leads"] as const).flatMap((window): Ripening[] => {
    const names = kpis.filter((name) => FIGURES[name].windowed === window);
    if (names.length === 0) return [];
    const spans = maturedSpans(span, before, { ...at, windowMs: windows[window] });
    return spans !== null && spans.now.to >= span.to ? [] : [{ window, names, spans }];
  });
}

/** The figures of both sides to compare, by name; undefined where nothing has matured. */
export type Ripe = ReadonlyMap<KpiName, readonly [Figure | undefined, Figure | undefined]>;
