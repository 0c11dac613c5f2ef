/** "How do they get on?": what is felt and reached at each stage, the ways through the site, and where they end. */
import "../charts/charts.css";
import "../overview/overview.css";
import "./journeys.css";
import type { VNode } from "preact";
import { useLocation } from "preact-iso";
import type { JourneyMap, Journeys as Answer } from "../../../domain/journeys/wire.ts";
import { request } from "../../shared/api.ts";
import { queryOf, readPeriod } from "../funnels/asked.ts";
import { funnelName, meanNumber, pageWords, stepName } from "../funnels/figures.ts";
import { PeriodPicker, spanInWords } from "../overview/period-picker.tsx";
import { rangeOf } from "../overview/periods.ts";
import { useResource } from "../resource.ts";
import { apiPath, screenPath, useSite } from "../site.ts";
import { DataAge, Empty, PageHead, Shown } from "../states.tsx";
import { Abandoned } from "./abandoned.tsx";
import { Aims } from "./aims.tsx";
import { Curve } from "./curve.tsx";
import { Matrix } from "./matrix.tsx";
import { NotFound } from "./not-found.tsx";
import { Ways } from "./ways.tsx";
import { j } from "./words.ts";

const REFRESH_MS = 60_000;

export function Journeys(): VNode {
  const site = useSite();
  const { query, path, route } = useLocation();
  const period = readPeriod(query);
  const zone = site.settings.timezone;
  const range = rangeOf(period, zone, Date.now());
  const resource = useResource(
    `journeys ${site.key} ${range.from} ${range.to}`,
    (signal) => {
      const asked = new URLSearchParams({ from: range.from, to: range.to, compare: "previous" });
      return request<Answer>("GET", `${apiPath(site.key, "journeys")}?${asked}`, undefined, { signal });
    },
    REFRESH_MS,
  );
  const maps = resource.data?.maps ?? [];
  const map = maps.find(({ key }) => key === query["funnel"]) ?? mostWalked(maps);
  return (
    <>
      <PageHead title={j("title")}>
        <DataAge resource={resource} />
        <PeriodPicker
          asked={period}
          range={range}
          zone={zone}
          onChange={(next) => route(`${path}${queryOf(next, { funnel: query["funnel"] ?? null })}`, true)}
        />
        {maps.length < 2 ? null : (
          <select
            class="in-row"
            aria-label={j("map")}
            value={map?.key ?? ""}
            onChange={(event) =>
              route(`${path}${queryOf(period, { funnel: event.currentTarget.value })}`, true)
            }
          >
            {maps.map((one) => (
              <option key={one.key} value={one.key}>
                {funnelName(one)}
              </option>
            ))}
          </select>
        )}
      </PageHead>
      <Shown resource={resource} title={j("failed")} lines={10}>
        {(answer) => <Told answer={answer} map={map} />}
      </Shown>
    </>
  );
}

/** The map to begin with: the one that most visits have walked. */
function mostWalked(maps: readonly JourneyMap[]): JourneyMap | undefined {
  return maps.toSorted((a, b) => (b.stages[0]?.visits ?? 0) - (a.stages[0]?.visits ?? 0))[0];
}

function Told({ answer, map }: { answer: Answer; map: JourneyMap | undefined }): VNode {
  const site = useSite();
  if (answer.visits === 0) {
    return (
      <Empty title={j("emptyTitle")}>
        <p>{j("emptyText")}</p>
        <a class="button" href={screenPath(site.key, "install")}>
          {j("toInstall")}
        </a>
      </Empty>
    );
  }
  return (
    <>
      <Sentence answer={answer} map={map} />
      <Compared answer={answer} />
      {map === undefined ? null : (
        <>
          <div class="journey-columns">
            <Curve map={map} />
            <Matrix map={map} />
          </div>
          <Aims map={map} />
        </>
      )}
      <Ways ways={answer.ways} />
      <div class="journey-halves">
        <Abandoned pages={answer.abandoned} />
        <NotFound pages={answer.not_found} />
      </div>
      <p class="note">{j("countedNote")}</p>
    </>
  );
}

/** How many visits it is of, and beside which days everything stands. */
function Compared({ answer: { visits, compared } }: { answer: Answer }): VNode | null {
  const zone = useSite().settings.timezone;
  if (compared === null) return null;
  return (
    <p class="note journey-compared">
      {j("compared", { visits, before: compared.visits, span: spanInWords(compared, zone) })}
    </p>
  );
}

/** Where it is felt least well, if enough have said so, and where most visits end without an order. */
function Sentence({ answer, map }: { answer: Answer; map: JourneyMap | undefined }): VNode {
  const felt = (map?.stages ?? [])
    .filter(({ satisfaction }) => satisfaction.value !== null)
    .toSorted((a, b) => (a.satisfaction.value ?? 0) - (b.satisfaction.value ?? 0));
  const [worst] = felt;
  const [page] = answer.abandoned;
  return (
    <p class="sentence status-sentence">
      {worst === undefined || felt.length < 2 ? (
        j("tooFewToCompare")
      ) : (
        <>
          {j("worstBefore")} <em>{stepName(worst)}</em>
          {j("worstAfter", { mean: meanNumber(worst.satisfaction.value ?? 0) })}
        </>
      )}{" "}
      {page === undefined ? j("nothingLost") : j("mostEnd", { page: pageWords(page.page), n: page.lost })}
    </p>
  );
}
