/** "Is it working?": what can be said, the figures behind it, their course, and each campaign's share. */
import "./overview.css";
import Calendar from "lucide-static/icons/calendar.svg?raw";
import type { VNode } from "preact";
import { useLocation } from "preact-iso";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { request } from "../../shared/api.ts";
import { date } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { Snippet } from "../install/snippet.tsx";
import { useResource } from "../resource.ts";
import { locale, t } from "../session.ts";
import { apiPath, screenPath, useSite, type Page } from "../site.ts";
import { DataAge, Empty, PageHead, Shown, useNow } from "../states.tsx";
import { CampaignFigures } from "./campaign-figures.tsx";
import { Chart } from "./chart.tsx";
import {
  cellOf,
  countOf,
  figureOf,
  seriesOf,
  shareOf,
  verdictOf,
  type KpiAnswer,
  type Verdict,
} from "./kpi-view.ts";
import { PERIODS, periodRange, readPeriod, type Period, type PeriodRange } from "./periods.ts";

/** Short enough that an order shows within 15 s, its way into history included. */
const POLL_MS = 7_000;

export type OverviewData = {
  range: PeriodRange;
  total: KpiAnswer;
  course: KpiAnswer;
  byCampaign: KpiAnswer;
  campaigns: Campaign[];
};

export function Overview(): VNode {
  const site = useSite();
  const { path, query, route } = useLocation();
  const period = readPeriod(query["period"]);
  const zone = site.settings.timezone;
  const resource = useResource(
    `${site.key} ${period} ${zone}`,
    (signal) => readOverview(site.key, period, zone, signal),
    POLL_MS,
  );
  const shownRange = resource.data?.range ?? periodRange(period, zone, Date.now());
  return (
    <>
      <PageHead title={t("overviewTitle")}>
        <DataAge resource={resource} />
        <span class="note range">
          <Icon svg={Calendar} size={12} /> {rangeInWords(shownRange, zone)}
        </span>
        <fieldset class="periods">
          <legend class="sr-only">{t("period")}</legend>
          {PERIODS.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="period"
                checked={one === period}
                onChange={() => route(`${path}?period=${one}`, true)}
              />
              <span>{t(`period_${one}`)}</span>
            </label>
          ))}
        </fieldset>
      </PageHead>
      <Shown resource={resource} title={t("overviewFailed")} loading={<CellsLoading />}>
        {(data) => <Figures data={data} zone={zone} />}
      </Shown>
    </>
  );
}

async function readOverview(
  site: string,
  period: Period,
  zone: string,
  signal: AbortSignal,
): Promise<OverviewData> {
  const range = periodRange(period, zone, Date.now());
  const kpis = (groupBy?: string): Promise<KpiAnswer> => {
    const wanted = new URLSearchParams({ from: range.from, to: range.to });
    if (groupBy !== undefined) wanted.set("group_by", groupBy);
    return request<KpiAnswer>("GET", `${apiPath(site, "kpis")}?${wanted}`, undefined, { signal });
  };
  const [total, course, byCampaign, campaigns] = await Promise.all([
    kpis(),
    kpis(range.grain),
    kpis("campaign"),
    request<Page<Campaign>>("GET", `${apiPath(site, "campaigns")}?limit=200`, undefined, { signal }),
  ]);
  return { range, total, course, byCampaign, campaigns: campaigns.items };
}

function Figures({ data, zone }: { data: OverviewData; zone: string }): VNode {
  const now = useNow(60_000);
  const total = data.total.rows[0];
  const verdict = verdictOf(total, data.campaigns);
  if (verdict.kind === "no_visitors") return <FirstDay />;
  return (
    <>
      <Sentence verdict={verdict} />
      <Cells data={data} />
      <div class="overview-columns">
        <Chart
          series={seriesOf(data.course.rows, data.range.buckets, zone, now)}
          grain={data.range.grain}
          zone={zone}
        />
        <CampaignFigures rows={data.byCampaign.rows} campaigns={data.campaigns} />
      </div>
    </>
  );
}

function FirstDay(): VNode {
  const site = useSite();
  return (
    <Empty title={t("noVisitorTitle")}>
      <p>{t("noVisitorText")}</p>
      <Snippet site={site.key} compact />
      <a href={screenPath(site.key, "install")}>{t("howToInstall")}</a>
    </Empty>
  );
}

function Sentence({ verdict }: { verdict: Exclude<Verdict, { kind: "no_visitors" }> }): VNode {
  switch (verdict.kind) {
    case "no_campaign":
      return <p class="sentence status-sentence">{t("sentenceNoCampaign")}</p>;
    case "collecting":
      return (
        <p class="sentence status-sentence">
          <em>{t("sentenceCollecting")}</em>{" "}
          {t("sentenceCollectingRest", { eligible: verdict.eligible, held: verdict.held })}
        </p>
      );
    case "not_measurable":
      return (
        <p class="sentence status-sentence">
          <em>{t("sentenceNotMeasurable")}</em>{" "}
          {t("sentenceNotMeasurableRest", { accepted: verdict.accepted, orders: verdict.orders })}
        </p>
      );
    default:
      return verdict satisfies never;
  }
}

function Cells({ data }: { data: OverviewData }): VNode {
  const site = useSite();
  const language = locale.value;
  const row = data.total.rows[0];
  const figure = (name: Parameters<typeof figureOf>[1]) =>
    figureOf(language, name, cellOf(row, name), site.settings.currency);
  const visitors = countOf(row, "visitors");
  const eligible = countOf(row, "eligible");
  const shown = countOf(row, "shown");
  const orders = countOf(row, "orders");
  const conversion = figure("conversion");
  const acceptance = figure("acceptance");
  const cells: { name: string; value: string; note: string }[] = [
    { name: "visitors", value: figure("visitors").value, note: t("noteVisitors") },
    {
      name: "eligible",
      value: figure("eligible").value,
      note: t("noteOfVisitors", { ...shareOf(language, eligible, visitors) }),
    },
    {
      name: "shown",
      value: figure("shown").value,
      note: t("noteOfEligible", { ...shareOf(language, shown, countOf(row, "triggered")) }),
    },
    {
      name: "accepted",
      value: figure("accepted").value,
      note: t("noteOfShown", { value: acceptance.value, fraction: acceptance.fraction ?? "-" }),
    },
    {
      name: "conversations",
      value: figure("conversations").value,
      note: t("noteConversations", { ...shareOf(language, countOf(row, "conversations"), visitors) }),
    },
    {
      name: "orders",
      value: figure("orders").value,
      note: t("noteOrders", { ...shareOf(language, orders, visitors) }),
    },
    {
      name: "revenue",
      value: figure("revenue").value,
      note: t("noteRevenue", { n: orders }),
    },
    { name: "attributed", value: figure("attributed").value, note: t("noteAttributed") },
    {
      name: "conversion",
      value: conversion.value,
      note: t("noteConversion", { fraction: conversion.fraction ?? "-" }),
    },
  ];
  return (
    <dl class="kpis" aria-label={t("figures")}>
      {cells.map((cell) => (
        <div key={cell.name} class="kpi" data-kpi={cell.name}>
          <dt>{t(`kpi_${cell.name}`)}</dt>
          <dd class="kpi-value">{cell.value}</dd>
          <dd class="note">{cell.note}</dd>
        </div>
      ))}
    </dl>
  );
}

const CELLS = [
  "visitors",
  "eligible",
  "shown",
  "accepted",
  "conversations",
  "orders",
  "revenue",
  "attributed",
  "conversion",
] as const;

/** The figures' place with their real names, while they are read. */
function CellsLoading(): VNode {
  return (
    <div class="loading" role="status">
      <span class="sr-only">{t("loading")}</span>
      <span class="skeleton" style={{ width: "60%" }} />
      <div class="kpis">
        {CELLS.map((name) => (
          <div key={name} class="kpi">
            {t(`kpi_${name}`)}
            <span class="skeleton" />
          </div>
        ))}
      </div>
    </div>
  );
}

function rangeInWords(range: PeriodRange, zone: string): string {
  const from = date(locale.value, range.from, zone);
  const last = date(locale.value, Date.parse(range.to) - 1, zone);
  return from === last ? from : `${from} – ${last}`;
}
