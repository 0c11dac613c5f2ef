/** What matters to whom: each stage by its importance for the customer and for the business. */
import type { VNode } from "preact";
import type { JourneyMap, WireStage } from "../../../domain/journeys/wire.ts";
import { number } from "../../shared/format.ts";
import { Drawn } from "../charts/drawn.tsx";
import { stepName } from "../funnels/figures.ts";
import { download, writeCsv } from "../overview/csv.ts";
import { locale } from "../session.ts";
import { ChartOrTable } from "./chart-or-table.tsx";
import type { drawMatrix, MatrixPoint } from "./matrix-plot.ts";
import { j } from "./words.ts";

export function Matrix({ map }: { map: JourneyMap }): VNode {
  const language = locale.value;
  const points: MatrixPoint[] = map.stages.flatMap((stage) => {
    const { business, customer } = stage.importance;
    if (business.value === null || customer.value === null) return [];
    return [{ stage: stepName(stage), business: business.value, customer: customer.value }];
  });
  const draw = (using: typeof drawMatrix, width: number): SVGSVGElement =>
    using(points, width, {
      label: j("matrixLabel", { n: points.length }),
      business: j("forBusiness"),
      customer: j("forCustomer"),
      both: j("quadBoth"),
      onlyBusiness: j("quadBusiness"),
      onlyCustomer: j("quadCustomer"),
      neither: j("quadNeither"),
    });
  return (
    <ChartOrTable
      id="journey-matrix"
      title={j("matrix")}
      note={j("matrixN", { n: points.length })}
      chart={
        <>
          {points.length === 0 ? (
            <p class="quiet journey-nothing">{j("matrixEmpty")}</p>
          ) : (
            <Drawn
              load={() => import("./matrix-plot.ts").then((module) => module.drawMatrix)}
              draw={draw}
              of={[map, language]}
            />
          )}
          <p class="note">{j("matrixNote")}</p>
        </>
      }
      table={<MatrixTable stages={map.stages} />}
      onCsv={() => saveCsv(map)}
    />
  );
}

function MatrixTable({ stages }: { stages: readonly WireStage[] }): VNode {
  const words = ({ value, source }: WireStage["importance"]["business"]) =>
    value === null ? "-" : j(source, { value: number(locale.value, value, 2) });
  return (
    <div class="table-scroll" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{j("stage")}</th>
            <th scope="col" class="number">
              {j("forBusiness")}
            </th>
            <th scope="col" class="number">
              {j("forCustomer")}
            </th>
          </tr>
        </thead>
        <tbody>
          {stages.map((stage) => (
            <tr key={stage.key}>
              <th scope="row">{stepName(stage)}</th>
              <td class="number">{words(stage.importance.business)}</td>
              <td class="number">{words(stage.importance.customer)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function saveCsv({ key, stages }: JourneyMap): void {
  const rows = stages.map(({ key: stage, importance: { business, customer } }) => [
    stage,
    business.value,
    business.source,
    customer.value,
    customer.source,
  ]);
  download(
    `aparte-journey-${key}-importance.csv`,
    writeCsv([["stage", "business", "business_source", "customer", "customer_source"], ...rows]),
  );
}
