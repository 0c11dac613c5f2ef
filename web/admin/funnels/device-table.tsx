/** Who goes on from each step, by kind of device; the one that falls behind beyond chance stands out. */
import type { VNode } from "preact";
import type { FunnelResults } from "../../../domain/journeys/wire.ts";
import { number } from "../../shared/format.ts";
import { download, writeCsv } from "../overview/csv.ts";
import { locale } from "../session.ts";
import { deviceWords, pointsWords, shareWords, stepName } from "./figures.ts";
import { f } from "./words.ts";

export function DeviceTable({ results, name }: { results: FunnelResults; name: string }): VNode {
  const { devices, gap } = results;
  const steps = results.steps.slice(0, -1);
  const language = locale.value;
  return (
    <section aria-labelledby="funnel-devices">
      <div class="section-head">
        <h2 id="funnel-devices">{f("byDevice")}</h2>
        <span class="note">{f("byDeviceNote")}</span>
      </div>
      <div class="table-scroll" tabIndex={0}>
        <table class="funnel-figures">
          <thead>
            <tr>
              <th scope="col">{f("device")}</th>
              {steps.map((step) => (
                <th key={step.key} scope="col" class="number">
                  {f("from", { step: stepName(step) })}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {devices.map((one) => (
              <tr key={one.device}>
                <th scope="row">{deviceWords(one.device)}</th>
                {steps.map((step, at) => {
                  const own = one.steps[at];
                  const behind = gap !== null && gap.device === one.device && gap.step === step.key;
                  return (
                    <td key={step.key} class="number">
                      <strong class={behind ? "behind" : ""}>{shareWords(own?.passing ?? null)}</strong>{" "}
                      <span class="note">
                        {f("partOf", {
                          part: number(language, own?.passing?.numerator ?? 0),
                          whole: number(language, own?.visits ?? 0),
                        })}
                      </span>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {gap === null ? null : (
        <p class="note">
          {f("gapNote", {
            device: deviceWords(gap.device),
            points: pointsWords(gap.difference.value),
            n: Math.round(gap.visits),
          })}
        </p>
      )}
      <p class="chart-links">
        <button type="button" class="link" onClick={() => saveCsv(results, name)}>
          {f("csvDevices")}
        </button>
      </p>
    </section>
  );
}

function saveCsv({ devices, steps }: FunnelResults, name: string): void {
  const rows = devices.flatMap(({ device, steps: own }) =>
    own.map(({ visits, passing }, at) => [
      device,
      steps[at]?.key ?? "",
      visits,
      passing?.value ?? null,
      passing?.interval?.[0] ?? null,
      passing?.interval?.[1] ?? null,
    ]),
  );
  download(
    `aparte-funnel-${name}-devices.csv`,
    writeCsv([["device", "step", "visits", "passing", "low", "high"], ...rows]),
  );
}
