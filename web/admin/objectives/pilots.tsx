/** Pilots: who takes part, on which pages, and which of the exit criteria are met. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Pilot } from "../../../domain/objectives/objective.ts";
import type { WirePilot } from "../../../domain/objectives/wire.ts";
import { type ApiFailure, request } from "../../shared/api.ts";
import { date, number, percent } from "../../shared/format.ts";
import { asFailure } from "../resource.ts";
import { locale } from "../session.ts";
import { apiPath, useSite } from "../site.ts";
import { Failed } from "../states.tsx";
import { sayValue } from "./kpi-values.ts";
import { StateTag } from "./objective-table.tsx";
import type { Saved, Standing } from "./objectives.tsx";
import { PilotForm } from "./pilot-form.tsx";
import { o } from "./words.ts";

export function Pilots({ pilots, onChanged }: Pick<Standing, "pilots"> & { onChanged: () => void }): VNode {
  const [making, setMaking] = useState(false);
  return (
    <section aria-labelledby="pilots">
      <div class="section-head">
        <h2 id="pilots">{o("pilots")}</h2>
        <button type="button" class="small" onClick={() => setMaking(true)}>
          {o("newPilot")}
        </button>
      </div>
      {making ? (
        <PilotForm
          onDone={() => {
            setMaking(false);
            onChanged();
          }}
          onCancel={() => setMaking(false)}
        />
      ) : null}
      {pilots.length === 0 ? <p class="quiet">{o("pilotsNone")}</p> : null}
      {pilots.map(({ saved, progress }) => (
        <PilotRow key={saved.id} saved={saved} progress={progress} onChanged={onChanged} />
      ))}
    </section>
  );
}

function PilotRow({
  saved,
  progress,
  onChanged,
}: {
  saved: Saved<Pilot>;
  progress: WirePilot | null;
  onChanged: () => void;
}): VNode {
  const site = useSite();
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const language = locale.value;
  const verdict = progress?.verdict ?? "planned";
  const remove = async (): Promise<void> => {
    setFailure(null);
    try {
      await request("DELETE", apiPath(site.key, "pilots", saved.id));
      onChanged();
    } catch (error) {
      setFailure(asFailure(error));
    }
  };
  const day = (at: string) => date(language, `${at}T12:00:00Z`);
  return (
    <article class="pilot">
      {failure === null ? null : <Failed title={o("saveFailed")} failure={failure} />}
      <div class="section-head">
        <h3>
          {saved.name} <span class="quiet">{saved.stage}</span>
        </h3>
        <button type="button" class="small plain" onClick={() => void remove()}>
          {o("delete")}
          <span class="sr-only"> {saved.name}</span>
        </button>
      </div>
      <p>
        <strong>{o(`verdict_${verdict}`, { next: saved.next_stage })}</strong>
      </p>
      {progress?.fault == null ? null : <p>{o(`fault_${progress.fault}`)}</p>}
      <p class="note">
        {[
          `${day(saved.starts_on)} – ${day(saved.ends_on)}`,
          o("pilotAgents", { n: saved.agents.length }),
          saved.pages.length === 0 ? o("pilotAllPages") : saved.pages.join(", "),
          o("pilotShare", { share: percent(language, saved.share, 0) }),
        ].join(" · ")}
      </p>
      <ul class="criteria">
        {(progress?.criteria ?? []).map(({ kpi, bound, value, over, state, reading }) => (
          <li key={`${kpi} ${bound} ${value}`}>
            <StateTag state={state} />
            <span>
              {o(`criterion_${bound}`, {
                kpi: o(`kpi_${kpi}`),
                value: sayValue(kpi, value, site.settings.currency),
              })}
            </span>
            <span class="quiet">
              {reading.interval === null || reading.value === null
                ? o("noFigure", { n: reading.n })
                : `${sayValue(kpi, reading.value, site.settings.currency)} ${o("span", {
                    low: sayValue(kpi, reading.interval[0], site.settings.currency),
                    high: sayValue(kpi, reading.interval[1], site.settings.currency),
                  })} · n = ${number(language, reading.n)}`}{" "}
              {o(`over_${over}`)}
            </span>
          </li>
        ))}
      </ul>
    </article>
  );
}
