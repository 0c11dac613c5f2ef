/** Every row with every chosen figure, what each is made of, and the period before; sorted by any column. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Figure } from "../../../domain/kpi/figure.ts";
import type { KpiName } from "../../../domain/kpi/figures.ts";
import { isTime } from "../../../domain/kpi/grouping.ts";
import { locale } from "../session.ts";
import { screenPath, useSite } from "../site.ts";
import { type AskedFigures, queryOf } from "./asked.ts";
import { groupName } from "./names.ts";
import { daysOfWeek, WEEK_DAYS } from "./parts.ts";
import type { FiguresData, Row } from "./read.ts";
import { Behind, valueOf } from "./summary.tsx";
import { besideOf, type Sort } from "./view.ts";
import { f } from "./words.ts";

/** Longer tables scroll by themselves, their head in sight. */
const TALL = 12;

type Part = { data: FiguresData; asked: AskedFigures; rows: readonly Row[] };

export function FiguresTable({
  data,
  asked,
  rows,
  sort,
  onSort,
}: Part & { sort: Sort; onSort: (sort: Sort) => void }): VNode {
  const { kpis, by } = data;
  const beside = besideOf(data);
  const tall = rows.length > TALL ? " tall" : "";
  return (
    <div class={`table-scroll figures-table${tall}`} tabIndex={0} role="group" aria-label={f("tableTitle")}>
      <table>
        <thead>
          <tr>
            <Head sort={sort} by="group" label={f(`by_${by}`)} onSort={onSort} />
            {kpis.map((name) => (
              <Head key={name} sort={sort} by={name} label={f(`kpi_${name}`)} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.group}>
              <th scope="row">
                <Group data={data} asked={asked} group={row.group} />
                <PartOf data={data} group={row.group} />
              </th>
              {kpis.map((name) => (
                <Cell
                  key={name}
                  name={name}
                  figure={row.figures[name]}
                  before={beside.get(row.group)?.figures[name]}
                />
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{f("whole_row")}</th>
            {kpis.map((name) => (
              <Cell
                key={name}
                name={name}
                figure={data.whole.figures[name]}
                before={data.before?.whole.figures[name]}
              />
            ))}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function Head({
  sort,
  by,
  label,
  onSort,
}: {
  sort: Sort;
  by: KpiName | "group";
  label: string;
  onSort: (sort: Sort) => void;
}): VNode {
  const here = sort.by === by;
  return (
    <th
      scope="col"
      class={by === "group" ? undefined : "number"}
      aria-sort={here ? (sort.down ? "descending" : "ascending") : undefined}
    >
      <button
        type="button"
        class="link"
        onClick={() => onSort({ by, down: here ? !sort.down : by !== "group" })}
      >
        {label}
        <span aria-hidden="true">{here ? (sort.down ? " ↓" : " ↑") : ""}</span>
      </button>
    </th>
  );
}

function Cell({
  name,
  figure,
  before,
}: {
  name: KpiName;
  figure: Figure | undefined;
  before: Figure | undefined;
}): VNode {
  const { currency } = useSite().settings;
  return (
    <td class="number">
      {valueOf(figure, name, currency)}
      <span class="note">
        <Behind figure={figure} name={name} currency={currency} />
      </span>
      {before === undefined ? null : (
        <span class="note">{f("before", { value: valueOf(before, name, currency) })}</span>
      )}
    </td>
  );
}

/** What of its hour, day or week a row is, where that is not all of it. */
function PartOf({ data, group }: { data: FiguresData; group: string }): VNode | null {
  const part = data.parts.get(group);
  if (part === undefined) return null;
  return (
    <span class="note">
      {part.state === "running" ? f("soFar") : f("daysOfWeek", { days: part.days, of: WEEK_DAYS })}
    </span>
  );
}

/** A group's name, leading on to where there is more of it; what was asked stays. */
function Group({ data, asked, group }: { data: FiguresData; asked: AskedFigures; group: string }): VNode {
  const site = useSite();
  const { by, nameOf } = data;
  const name = groupName(locale.value, group, by, nameOf, site.settings.timezone);
  const link = linkOf(site.key, data, asked, group);
  if (link === null) return <>{name}</>;
  return (
    <a href={link.href} aria-label={f(link.words, { name, day: name })}>
      {name}
    </a>
  );
}

function linkOf(
  site: string,
  { by, nameOf, dates }: FiguresData,
  asked: AskedFigures,
  group: string,
): { href: string; words: string } | null {
  const here = (next: Partial<AskedFigures>): string =>
    `${screenPath(site, "figures")}${queryOf({ ...asked, ...next })}`;
  if (by === "day") {
    return { href: here({ by: "hour", period: { from: group, to: group } }), words: "byHourOf" };
  }
  if (by === "week") {
    return { href: here({ by: "day", period: daysOfWeek(group, dates) }), words: "byDayOf" };
  }
  const id = group.split(":")[0] ?? group;
  if (isTime(by) || nameOf(id) === null) return null;
  if (by === "campaign" || by === "variant") {
    return { href: screenPath(site, "campaigns", id, "results"), words: "resultsOf" };
  }
  if (by !== "agent") return null;
  const { period, businessHours } = asked;
  const query = new URLSearchParams({
    ...(typeof period === "string" ? { period } : period),
    ...(businessHours ? { business_hours: "true" } : {}),
    agent: id,
  });
  return { href: `${screenPath(site, "agents")}?${query}`, words: "agentOf" };
}

/** How the table is sorted: anew where other figures or groups are shown. */
export function useSort(first: Sort): [Sort, (sort: Sort) => void] {
  const [chosen, setChosen] = useState<{ of: string; sort: Sort } | null>(null);
  const of = `${first.by} ${first.down}`;
  return [chosen?.of === of ? chosen.sort : first, (sort) => setChosen({ of, sort })];
}
