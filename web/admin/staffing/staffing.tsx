/** "Staffing": where the day stands, who is missing when, and what would help. */
import "./staffing.css";
import Before from "lucide-static/icons/chevron-left.svg?raw";
import After from "lucide-static/icons/chevron-right.svg?raw";
import Short from "lucide-static/icons/clock-alert.svg?raw";
import type { VNode } from "preact";
import { useLocation } from "preact-iso";
import type { WireIntraday } from "../../../domain/staffing/intraday-wire.ts";
import { request } from "../../shared/api.ts";
import { time } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { useResource } from "../resource.ts";
import { locale } from "../session.ts";
import { apiPath, screenPath, useSite } from "../site.ts";
import { Empty, PageHead, Shown } from "../states.tsx";
import { type Asked, type AskedKey, askedOf, dayAfter, queryOf, withChanges } from "./asked.ts";
import { Assumptions } from "./assumptions.tsx";
import { DayChart } from "./day-chart.tsx";
import { DayFigures } from "./day-figures.tsx";
import { DaySentence } from "./day-sentence.tsx";
import { ModelNote } from "./model-note.tsx";
import { Remedies } from "./remedies.tsx";
import { WeekMap } from "./week-map.tsx";
import { w } from "./words.ts";

const REFRESH_MS = 60_000;
const FIRST_FORECAST_DAYS = 14;

export type Change = (changes: Partial<Record<AskedKey, string | null>>) => void;

export function Staffing(): VNode {
  const site = useSite();
  const { query, route } = useLocation();
  const asked = askedOf(query);
  const resource = useResource(
    `staffing ${site.key} ${queryOf(asked)}`,
    (signal) =>
      request<WireIntraday>("GET", `${apiPath(site.key, "intraday")}${queryOf(asked)}`, undefined, {
        signal,
      }),
    REFRESH_MS,
  );
  const change: Change = (changes) =>
    route(`${screenPath(site.key, "staffing")}${queryOf(withChanges(asked, changes))}`, true);
  const { data } = resource;
  return (
    <>
      <PageHead
        title={
          <>
            {w("title")}
            <ShortTag data={data} />
          </>
        }
      >
        <DayChoice asked={asked} data={data} change={change} />
      </PageHead>
      <Shown resource={resource} title={w("failed")} lines={8}>
        {(day) => <Day day={day} asked={asked} change={change} />}
      </Shown>
    </>
  );
}

function ShortTag({ data }: { data: WireIntraday | undefined }): VNode | null {
  const first = data?.shortages[0];
  if (data === undefined || first === undefined) return null;
  return (
    <span class="tag warn">
      <Icon svg={Short} size={12} />
      {w("shortFrom", { at: time(locale.value, first.from, data.timezone) })}
    </span>
  );
}

function DayChoice({
  asked,
  data,
  change,
}: {
  asked: Asked;
  data: WireIntraday | undefined;
  change: Change;
}): VNode {
  const date = asked.date ?? data?.date ?? "";
  const step = (days: number): void => {
    if (date !== "") change({ date: dayAfter(date, days) });
  };
  return (
    <div class="day-choice" role="group" aria-label={w("day")}>
      <button type="button" aria-label={w("dayBefore")} title={w("dayBefore")} onClick={() => step(-1)}>
        <Icon svg={Before} />
      </button>
      <input
        type="date"
        aria-label={w("day")}
        value={date}
        onChange={(event) => change({ date: event.currentTarget.value })}
      />
      <button type="button" aria-label={w("dayAfter")} title={w("dayAfter")} onClick={() => step(1)}>
        <Icon svg={After} />
      </button>
      <button
        type="button"
        disabled={data === undefined || date === data.today}
        onClick={() => change({ date: null })}
      >
        {w("today")}
      </button>
    </div>
  );
}

function Day({ day, asked, change }: { day: WireIntraday; asked: Asked; change: Change }): VNode {
  const site = useSite();
  const nobody =
    day.days_missing === FIRST_FORECAST_DAYS && day.intervals.every(({ arrivals }) => (arrivals ?? 0) === 0);
  if (nobody) {
    return (
      <Empty title={w("nothingTitle")}>
        <p>{w("nothingText", { n: FIRST_FORECAST_DAYS })}</p>
        <a class="button" href={screenPath(site.key, "campaigns")}>
          {w("toCampaigns")}
        </a>
      </Empty>
    );
  }
  return (
    <>
      <DaySentence day={day} />
      <DayFigures day={day} />
      <div class="staffing-columns">
        <DayChart day={day} />
        <div class="staffing-side">
          <Remedies day={day} />
          <WeekMap day={day} change={change} />
          <ModelNote day={day} />
          <Assumptions key={queryOf(asked)} day={day} asked={asked} change={change} />
        </div>
      </div>
    </>
  );
}
