/** What is felt at each stage: mean answers with their band; a stage with too few has no point and says how many. */
import type { VNode } from "preact";
import type { JourneyMap, WireFigure, WireStage } from "../../../domain/journeys/wire.ts";
import { number } from "../../shared/format.ts";
import { Drawn } from "../charts/drawn.tsx";
import { meanNumber, shareWords, stepName } from "../funnels/figures.ts";
import { type CsvCell, download, writeCsv } from "../overview/csv.ts";
import { locale } from "../session.ts";
import { Before, beforeCells, beforeHead, Changed, countBefore, figureBefore } from "./beside.tsx";
import { ChartOrTable } from "./chart-or-table.tsx";
import type { CurvePoint, drawCurve } from "./curve-plot.ts";
import { j } from "./words.ts";

/** Satisfaction from 1 to 5 and ease from 1 to 7, each from −1 to +1. */
const felt = (mean: number) => (mean - 3) / 2;
const eased = (mean: number) => (mean - 4) / 3;

export function Curve({ map }: { map: JourneyMap }): VNode {
  const language = locale.value;
  const points: CurvePoint[] = map.stages.map((stage) => {
    const { satisfaction, effort } = stage;
    return {
      stage: stepName(stage),
      felt: satisfaction.value === null ? null : felt(satisfaction.value),
      low: satisfaction.interval === null ? null : felt(satisfaction.interval[0]),
      high: satisfaction.interval === null ? null : felt(satisfaction.interval[1]),
      eased: effort.value === null ? null : eased(effort.value),
    };
  });
  const shown = points.filter(({ felt: value }) => value !== null).length;
  const draw = (using: typeof drawCurve, width: number): SVGSVGElement =>
    using(points, Math.max(width, points.length * 92), {
      label: j("curveLabel", { shown, stages: points.length }),
      neutral: j("neutral"),
      ease: j("ease"),
      value: (value) => `${value > 0 ? "+" : ""}${number(language, value, 2)}`,
    });
  return (
    <ChartOrTable
      id="journey-curve"
      title={j("curve")}
      note={j("curveNote")}
      chart={
        <div class="table-scroll" tabIndex={0}>
          {shown === 0 ? (
            <p class="quiet journey-nothing">{j("curveEmpty")}</p>
          ) : (
            <Drawn
              load={() => import("./curve-plot.ts").then((module) => module.drawCurve)}
              draw={draw}
              of={[map, language]}
            />
          )}
          <StageColumns stages={map.stages} />
        </div>
      }
      table={<StageTable stages={map.stages} />}
      onCsv={() => saveCsv(map)}
    />
  );
}

function StageColumns({ stages }: { stages: readonly WireStage[] }): VNode {
  const rows: [name: string, cell: (stage: WireStage) => VNode][] = [
    ["rowVisits", (stage) => <Counted stage={stage} of="visits" />],
    ["rowPassing", (stage) => <Passing stage={stage} />],
    ["rowChats", (stage) => <Counted stage={stage} of="chats" />],
    ["rowAnswers", ({ satisfaction }) => <>{number(locale.value, satisfaction.n)}</>],
    ["rowSatisfaction", (stage) => <Felt stage={stage} of="satisfaction" />],
    ["rowEffort", (stage) => <Felt stage={stage} of="effort" />],
  ];
  return (
    <table class="stage-columns">
      <thead>
        <tr>
          <th scope="col">{j("stage")}</th>
          {stages.map((stage) => (
            <th key={stage.key} scope="col">
              {stepName(stage)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, cell]) => (
          <tr key={name}>
            <th scope="row">{j(name)}</th>
            {stages.map((stage) => (
              <td key={stage.key}>{cell(stage)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Counted({ stage, of }: { stage: WireStage; of: "visits" | "chats" }): VNode {
  return (
    <>
      {number(locale.value, stage[of])} <Before value={countBefore(stage.before, of)} />
    </>
  );
}

function Passing({ stage }: { stage: WireStage }): VNode {
  const { passing, before, differences } = stage;
  return (
    <>
      {shareWords(passing)} <Changed difference={differences?.passing} unit="share" />{" "}
      <Before value={figureBefore(before, "passing")} />
    </>
  );
}

/** `withN`: beside the mean, of how many answers it is. */
function Felt({
  stage,
  of,
  withN = false,
}: {
  stage: WireStage;
  of: "satisfaction" | "effort";
  withN?: boolean;
}): VNode {
  const { before, differences } = stage;
  return (
    <>
      {withN ? answersWords(stage[of]) : meanWords(stage[of])}{" "}
      <Changed difference={differences?.[of]} unit="mean" /> <Before value={figureBefore(before, of)} />
    </>
  );
}

/** A mean, or how many answers there are where they are too few for one. */
function meanWords({ value, n }: WireFigure): string {
  if (n === 0) return "-";
  return value === null ? j("tooFew", { n }) : meanNumber(value);
}

function StageTable({ stages }: { stages: readonly WireStage[] }): VNode {
  return (
    <div class="table-scroll" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{j("stage")}</th>
            {(
              [
                "rowVisits",
                "rowPassing",
                "rowChats",
                "rowSatisfaction",
                "interval",
                "rowEffort",
                "interval",
              ] as const
            ).map((column, at) => (
              <th key={at} scope="col" class="number">
                {j(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {stages.map((stage) => (
            <tr key={stage.key}>
              <th scope="row">{stepName(stage)}</th>
              <td class="number">
                <Counted stage={stage} of="visits" />
              </td>
              <td class="number">
                <Passing stage={stage} />
              </td>
              <td class="number">
                <Counted stage={stage} of="chats" />
              </td>
              <td class="number">
                <Felt stage={stage} of="satisfaction" withN />
              </td>
              <td class="number">{boundsWords(stage.satisfaction)}</td>
              <td class="number">
                <Felt stage={stage} of="effort" withN />
              </td>
              <td class="number">{boundsWords(stage.effort)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function answersWords(figure: WireFigure): string {
  return figure.value === null ? meanWords(figure) : j("meanOf", { mean: meanWords(figure), n: figure.n });
}

function boundsWords({ interval }: WireFigure): string {
  if (interval === null) return "-";
  const [low, high] = interval.map(meanNumber);
  return j("bounds", { low: low ?? "", high: high ?? "" });
}

function saveCsv({ key, stages }: JourneyMap): void {
  const head = ["stage", "visits", "passing", "left", "chats"];
  const means = ["satisfaction", "effort"].flatMap((name) => [
    name,
    `${name}_low`,
    `${name}_high`,
    `${name}_n`,
  ]);
  const cells = ({ value, interval, n }: WireFigure) => [
    value,
    interval?.[0] ?? null,
    interval?.[1] ?? null,
    n,
  ];
  const rows = stages.map((stage) => [
    stage.key,
    stage.visits,
    stage.passing?.value ?? null,
    stage.left,
    stage.chats,
    ...cells(stage.satisfaction),
    ...cells(stage.effort),
    ...beforeOf(stage),
  ]);
  const before = ["visits_before", "chats_before", ...MEASURES.flatMap(beforeHead)];
  download(`aparte-journey-${key}.csv`, writeCsv([[...head, ...means, ...before], ...rows]));
}

const MEASURES = ["passing", "satisfaction", "effort"] as const;

function beforeOf({ before, differences }: WireStage): CsvCell[] {
  return [
    before?.visits ?? null,
    before?.chats ?? null,
    ...MEASURES.flatMap((measure) => beforeCells(before?.[measure]?.value, differences?.[measure] ?? null)),
  ];
}
