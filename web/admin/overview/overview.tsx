/** "Is it working?": what it earned, what needs somebody, how the service went, and each campaign's effect. */
import "./overview.css";
import Printer from "lucide-static/icons/printer.svg?raw";
import type { VNode } from "preact";
import { useLocation } from "preact-iso";
import type { OverviewWire } from "../../../domain/overview/wire.ts";
import { request } from "../../shared/api.ts";
import { Icon } from "../../shared/icon.tsx";
import { Snippet } from "../install/snippet.tsx";
import { useResource } from "../resource.ts";
import { t } from "../session.ts";
import { apiPath, screenPath, useSite } from "../site.ts";
import { DataAge, Empty, PageHead, Shown, useNow } from "../states.tsx";
import { type Asked, queryOf, readAsked } from "./asked.ts";
import { CampaignEffects } from "./campaign-effects.tsx";
import { Chart } from "./chart.tsx";
import { Earned } from "./earned.tsx";
import { Engaged } from "./engaged.tsx";
import { HoursTick } from "./hours-tick.tsx";
import { HoursMap } from "./hours-map.tsx";
import { isRunning, type KpiAnswer, seriesOf } from "./kpi-view.ts";
import { NeedsYou } from "./needs-you.tsx";
import { OneFigure } from "./one-figure.tsx";
import { PeriodPicker, spanInWords } from "./period-picker.tsx";
import { type PeriodRange, rangeOf } from "./periods.ts";
import { Counts, Service } from "./service.tsx";
import { o } from "./words.ts";

/** Short enough that an order shows within 15 s, its way into history included. */
const POLL_MS = 7_000;

export type OverviewData = { range: PeriodRange; overview: OverviewWire; course: KpiAnswer };

export function Overview(): VNode {
  const site = useSite();
  const { path, query, route } = useLocation();
  const asked = readAsked(query);
  const zone = site.settings.timezone;
  const resource = useResource(
    `overview ${site.key} ${queryOf({ ...asked, hours: "conversations" })} ${zone}`,
    (signal) => readOverview(site.key, asked, zone, signal),
    POLL_MS,
  );
  const range = resource.data?.range ?? rangeOf(asked.period, zone, Date.now());
  const change = (next: Partial<Asked>): void => route(`${path}${queryOf({ ...asked, ...next })}`, true);
  return (
    <div class="overview">
      <PageHead title={o("title")}>
        <p class="print-only">
          {site.name} · {spanInWords(range, zone)}
        </p>
        <DataAge resource={resource} />
        <PeriodPicker
          asked={asked.period}
          range={range}
          zone={zone}
          onChange={(period) => change({ period })}
        />
        <button
          type="button"
          class="icon-only"
          aria-label={o("print")}
          title={o("print")}
          onClick={() => print()}
        >
          <Icon svg={Printer} />
        </button>
      </PageHead>
      <Shown resource={resource} title={t("overviewFailed")} lines={8}>
        {(data) => <Figures data={data} asked={asked} onChange={change} />}
      </Shown>
    </div>
  );
}

async function readOverview(
  site: string,
  asked: Asked,
  zone: string,
  signal: AbortSignal,
): Promise<OverviewData> {
  const range = rangeOf(asked.period, zone, Date.now());
  const span = new URLSearchParams({ from: range.from, to: range.to });
  const byTime = new URLSearchParams({ from: range.from, to: range.to, group_by: range.grain });
  if (asked.businessHours) span.set("business_hours", "true");
  const [overview, course] = await Promise.all([
    request<OverviewWire>("GET", `${apiPath(site, "overview")}?${span}`, undefined, { signal }),
    request<KpiAnswer>("GET", `${apiPath(site, "kpis")}?${byTime}`, undefined, { signal }),
  ]);
  return { range, overview, course };
}

function Figures({
  data,
  asked,
  onChange,
}: {
  data: OverviewData;
  asked: Asked;
  onChange: (next: Partial<Asked>) => void;
}): VNode {
  const now = useNow(60_000);
  const { overview, range, course } = data;
  const { timezone: zone } = overview;
  if (overview.figures.visitors.now.value === 0 && overview.figures.visitors.before.value === 0) {
    return <FirstDay />;
  }
  return (
    <>
      <div class="overview-first">
        <OneFigure overview={overview} />
        <NeedsYou overview={overview} />
      </div>
      <Service overview={overview} asked={asked}>
        <HoursTick
          checked={asked.businessHours}
          of={o("businessHoursOf")}
          onChange={(businessHours) => onChange({ businessHours })}
        />
      </Service>
      <Counts overview={overview} asked={asked} />
      <Engaged overview={overview} asked={asked} />
      <div class="overview-columns">
        <Earned overview={overview} />
        <CampaignEffects overview={overview} />
      </div>
      <div class="screen-only">
        <Chart
          series={seriesOf(course.rows, range.buckets, zone, now)}
          running={isRunning(range, now)}
          grain={range.grain}
          zone={zone}
        />
        <HoursMap range={range} figure={asked.hours} onFigure={(hours) => onChange({ hours })} />
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
