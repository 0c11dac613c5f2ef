/** "Figures": every figure that there is, over time or by campaign, agent, skill, channel or device, beside the period before. */
import "../overview/overview.css";
import "./figures.css";
import type { VNode } from "preact";
import { useLocation } from "preact-iso";
import { isTime } from "../../../domain/kpi/grouping.ts";
import { isOfSomebody } from "../../../domain/kpi/small-numbers.ts";
import { PeriodPicker } from "../overview/period-picker.tsx";
import { DEFAULT_PERIOD, rangeOf } from "../overview/periods.ts";
import { useResource } from "../resource.ts";
import { locale } from "../session.ts";
import { screenPath, useSite } from "../site.ts";
import { DataAge, Empty, Loading, PageHead, Shown } from "../states.tsx";
import { type AskedFigures, queryOf, readAskedFigures } from "./asked.ts";
import { USUAL } from "./catalogue.ts";
import { Charts } from "./charts.tsx";
import { Filters } from "./filters.tsx";
import { groupName } from "./names.ts";
import { type FiguresData, readFigures } from "./read.ts";
import { Sentence, Summary } from "./summary.tsx";
import { FiguresTable, useSort } from "./table.tsx";
import { FigureFiles, RowsBehind } from "./taken-out.tsx";
import { firstSort, isNothing, sorted, unknownBy } from "./view.ts";
import { f } from "./words.ts";

const POLL_MS = 60_000;

export function Figures(): VNode {
  const site = useSite();
  const { path, query, route } = useLocation();
  const asked = readAskedFigures(query);
  const { timezone: zone, attribution_hours } = site.settings;
  const resource = useResource(
    `figures ${site.key} ${zone} ${queryOf(asked)}`,
    (signal) => {
      const now = Date.now();
      const wanted = {
        ...asked,
        site: site.key,
        range: rangeOf(asked.period, zone, now),
        zone,
        attributionHours: attribution_hours,
      };
      return asked.kpis.length === 0 ? Promise.resolve(null) : readFigures(wanted, now, signal);
    },
    POLL_MS,
  );
  const change = (next: Partial<AskedFigures>): void =>
    route(`${path}${queryOf({ ...asked, ...next })}`, true);
  const range = resource.data?.range ?? rangeOf(asked.period, zone, Date.now());
  return (
    <div class="figures">
      <PageHead title={f("title")}>
        <DataAge resource={resource} />
        <PeriodPicker
          asked={asked.period}
          range={range}
          zone={zone}
          onChange={(period) => change({ period })}
        />
      </PageHead>
      <Filters asked={asked} onChange={change} />
      <Shown resource={resource} title={f("failed")} loading={<Loading lines={8} />}>
        {(data) => (
          <>
            {data === null ? (
              <NoneChosen onChange={change} />
            ) : (
              <Told data={data} asked={asked} onChange={change} />
            )}
            <RowsBehind span={range} />
          </>
        )}
      </Shown>
    </div>
  );
}

type Part = { data: FiguresData; asked: AskedFigures; onChange: (next: Partial<AskedFigures>) => void };

function Told({ data, asked, onChange }: Part): VNode {
  const { timezone: zone } = useSite().settings;
  const { by, kpis, rows, whole } = data;
  const [sort, setSort] = useSort(firstSort(by, kpis));
  if (isNothing(whole)) return <NothingCounted onChange={onChange} />;
  const nameOf = (group: string): string =>
    isTime(by) ? group : groupName(locale.value, group, by, data.nameOf, zone);
  const listed = sorted(rows, sort, nameOf);
  const unknown = unknownBy(data);
  return (
    <>
      <Sentence data={data} />
      {data.tooLong ? <p class="note">{f("tooLong")}</p> : null}
      <Summary data={data} />
      {unknown.map((name) => (
        <p key={name} class="note">
          {f("unknownBy", { label: f(`kpi_${name}`), by: f(`by_${by}`).toLowerCase() })}
        </p>
      ))}
      {rows.length === 0 ? (
        <Empty title={f("noRowsTitle")}>
          <p>{f("noRowsText", { by: f(`by_${by}`).toLowerCase() })}</p>
        </Empty>
      ) : (
        <>
          <Charts data={data} rows={listed} />
          <div class="section-head">
            <h2>{f("tableTitle")}</h2>
            <span class="note">{f("zone", { zone })}</span>
          </div>
          <FiguresTable data={data} asked={asked} rows={listed} sort={sort} onSort={setSort} />
          {isOfSomebody(by) ? <p class="note">{f("fewNote")}</p> : null}
          <FigureFiles data={data} asked={asked} />
        </>
      )}
    </>
  );
}

function NothingCounted({ onChange }: Pick<Part, "onChange">): VNode {
  const { key } = useSite();
  return (
    <Empty title={f("noneTitle")}>
      <p>{f("noneText")}</p>
      <button type="button" onClick={() => onChange({ period: DEFAULT_PERIOD })}>
        {f("noneDo")}
      </button>
      <a href={screenPath(key, "install")}>{f("noneInstall")}</a>
    </Empty>
  );
}

function NoneChosen({ onChange }: Pick<Part, "onChange">): VNode {
  return (
    <Empty title={f("emptyTitle")}>
      <p>{f("emptyText")}</p>
      <button type="button" onClick={() => onChange({ kpis: USUAL })}>
        {f("emptyDo")}
      </button>
    </Empty>
  );
}
