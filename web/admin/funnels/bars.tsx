/** A funnel as bars on one linear scale that starts at zero: who goes on, and who leaves. */
import type { VNode } from "preact";
import type { FunnelResults } from "../../../domain/journeys/wire.ts";
import { number, percent } from "../../shared/format.ts";
import { locale } from "../session.ts";
import { deviceWords, shareWords, stepName } from "./figures.ts";
import { f } from "./words.ts";

export function FunnelBars({ results, device }: { results: FunnelResults; device: string | null }): VNode {
  const language = locale.value;
  const own = device === null ? null : results.devices.find((one) => one.device === device);
  const rows = results.steps.map((step, at) => ({
    key: step.key,
    name: stepName(step),
    visits: own === null ? step.visits : (own?.steps[at]?.visits ?? 0),
    passing: own === null ? step.passing : (own?.steps[at]?.passing ?? null),
  }));
  const first = rows[0]?.visits ?? 0;
  const height = (visits: number) => `calc((100% - 44px) * ${first === 0 ? 0 : visits / first})`;
  return (
    <section aria-labelledby="funnel-bars">
      <div class="section-head">
        <h2 id="funnel-bars">{f("barsTitle")}</h2>
        <span class="note funnel-legend">
          <span class="funnel-key on" /> {f("goOn")} <span class="funnel-key off" /> {f("leaveHere")}
        </span>
      </div>
      <p class="note">
        {device === null
          ? f("barsNote", { n: results.visits })
          : f("barsDevice", { device: deviceWords(device) })}
      </p>
      <div class="table-scroll" tabIndex={0}>
        <ol class="funnel-bars" style={{ "--funnel-steps": rows.length }}>
          {rows.map(({ key, name, visits, passing }, at) => {
            const after = rows[at + 1]?.visits;
            const isLast = after === undefined;
            return (
              <li key={key}>
                <div class="funnel-plot">
                  <p class="funnel-label">
                    <strong>{name}</strong>
                    <span>{number(language, visits)}</span>
                  </p>
                  <div class={isLast ? "funnel-bar last" : "funnel-bar"} style={{ height: height(visits) }}>
                    <span
                      class="funnel-on"
                      style={{
                        height: isLast || visits === 0 ? "100%" : `${((after ?? 0) / visits) * 100}%`,
                      }}
                    />
                  </div>
                </div>
                {isLast ? null : (
                  <p class="funnel-rate" style={{ bottom: `calc(28px + ${heightOver(after, first)})` }}>
                    {shareWords(passing)}
                    <span class="sr-only">{f("goOnSr")}</span>
                  </p>
                )}
                <p class={isLast ? "funnel-foot last" : "funnel-foot"}>
                  {isLast
                    ? f("ofFirst", { share: percent(language, first === 0 ? null : visits / first, 1) })
                    : f("leftHere", { n: visits - after })}
                </p>
              </li>
            );
          })}
        </ol>
      </div>
    </section>
  );
}

/** The same height for what stands outside of the bars' own box. */
function heightOver(visits: number, first: number): string {
  return `(100% - 28px - 44px) * ${first === 0 ? 0 : visits / first}`;
}
