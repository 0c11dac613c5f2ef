/** Present against target, stage by stage, with the gap; where the site wants nothing, where to say so. */
import type { VNode } from "preact";
import type { JourneyMap, WireStage } from "../../../domain/journeys/wire.ts";
import { number } from "../../shared/format.ts";
import { meanNumber, pointsWords, shareWords, stepName } from "../funnels/figures.ts";
import { download, writeCsv } from "../overview/csv.ts";
import { locale } from "../session.ts";
import { screenPath, useSite } from "../site.ts";
import { Before, beforeCells, beforeHead, Changed, figureBefore } from "./beside.tsx";
import { j } from "./words.ts";

const MEASURES = ["passing", "satisfaction", "effort"] as const;
type Measure = (typeof MEASURES)[number];
type Aim = NonNullable<WireStage["aims"][Measure]>;
type Row = { stage: string; key: string; measure: Measure; aim: Aim; of: WireStage };

/** The ends of each measure's scale. */
const SCALE: Record<Measure, [low: number, high: number]> = {
  passing: [0, 1],
  satisfaction: [1, 5],
  effort: [1, 7],
};

export function Aims({ map }: { map: JourneyMap }): VNode {
  const site = useSite();
  const rows: Row[] = map.stages.flatMap((stage) =>
    MEASURES.flatMap((measure) => {
      const aim = stage.aims[measure];
      return aim === null ? [] : [{ stage: stepName(stage), key: stage.key, measure, aim, of: stage }];
    }),
  );
  const editor =
    map.id === null
      ? screenPath(site.key, "funnels", "new")
      : screenPath(site.key, "funnels", map.id, "edit");
  return (
    <section aria-labelledby="journey-aims">
      <div class="section-head">
        <h2 id="journey-aims">{j("aims")}</h2>
        <a href={editor}>{j(map.id === null ? "makeFunnel" : "enterAims")}</a>
      </div>
      {rows.length === 0 ? (
        <p class="quiet">{j("noAims")}</p>
      ) : (
        <>
          <div class="table-scroll" tabIndex={0}>
            <table class="aims">
              <thead>
                <tr>
                  <th scope="col">{j("stage")}</th>
                  <th scope="col">{j("measure")}</th>
                  <th scope="col">{j("onScale")}</th>
                  {(["present", "target", "gap"] as const).map((column) => (
                    <th key={column} scope="col" class="number">
                      {j(column)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={`${row.key} ${row.measure}`}>
                    <th scope="row">{row.stage}</th>
                    <td>{j(`measure_${row.measure}`)}</td>
                    <td aria-hidden="true">
                      <Track {...row} />
                    </td>
                    <td class="number">
                      {valueWords(row.measure, row.aim.present)}{" "}
                      <Changed
                        difference={row.of.differences?.[row.measure]}
                        unit={row.measure === "passing" ? "share" : "mean"}
                      />{" "}
                      <Before value={figureBefore(row.of.before, row.measure)} />
                    </td>
                    <td class="number">{valueWords(row.measure, row.aim.target)}</td>
                    <td class="number">
                      <Gap {...row} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p class="chart-links">
            <button
              type="button"
              class="link"
              aria-label={`CSV${j("of", { title: j("aims") })}`}
              onClick={() => saveCsv(map.key, rows)}
            >
              CSV
            </button>
          </p>
        </>
      )}
    </section>
  );
}

/** The gap as a stretch between what is and what is wanted. */
function Track({ measure, aim: { present, target } }: Row): VNode {
  const [low, high] = SCALE[measure];
  const at = (value: number) => ((Math.min(high, Math.max(low, value)) - low) / (high - low)) * 100;
  const from = present === null ? null : Math.min(at(present), at(target));
  return (
    <span class="aim-track">
      {present === null || from === null ? null : (
        <>
          <span
            class={present < target ? "aim-gap short" : "aim-gap"}
            style={{ left: `${from}%`, width: `${Math.abs(at(present) - at(target))}%` }}
          />
          <span class="aim-present" style={{ left: `${at(present)}%` }} />
        </>
      )}
      <span class="aim-target" style={{ left: `${at(target)}%` }} />
    </span>
  );
}

function Gap({ measure, aim: { gap } }: Row): VNode {
  if (gap === null) return <span class="quiet">{j("notKnown")}</span>;
  const words =
    measure === "passing" ? pointsWords(gap) : `${gap < 0 ? "" : "+"}${number(locale.value, gap, 1)}`;
  return (
    <>
      <strong class={gap < 0 ? "aim-short" : ""}>{words}</strong>{" "}
      <span class="note">{j(gap < 0 ? "below" : "reached")}</span>
    </>
  );
}

function valueWords(measure: Measure, value: number | null): string {
  if (value === null) return "-";
  return measure === "passing" ? shareWords({ value, interval: null }) : meanNumber(value);
}

function saveCsv(key: string, rows: readonly Row[]): void {
  download(
    `aparte-journey-${key}-targets.csv`,
    writeCsv([
      ["stage", "measure", "present", "target", "gap", ...beforeHead("present")],
      ...rows.map(({ key: stage, measure, aim, of }) => [
        stage,
        measure,
        aim.present,
        aim.target,
        aim.gap,
        ...beforeCells(of.before?.[measure]?.value, of.differences?.[measure] ?? null),
      ]),
    ]),
  );
}
