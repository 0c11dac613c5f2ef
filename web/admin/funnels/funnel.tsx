/** One funnel: how far visits come, where they leave, on which device, and against the days before. */
import "../overview/overview.css";
import "./funnels.css";
import Pencil from "lucide-static/icons/pencil.svg?raw";
import type { VNode } from "preact";
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import type { FunnelResults } from "../../../domain/journeys/wire.ts";
import { CHECKOUT } from "../../../domain/visit/funnel.ts";
import { request } from "../../shared/api.ts";
import { Icon } from "../../shared/icon.tsx";
import { PeriodPicker } from "../overview/period-picker.tsx";
import { rangeOf } from "../overview/periods.ts";
import { useResource } from "../resource.ts";
import { apiPath, screenPath, useSite } from "../site.ts";
import { DataAge, Empty, PageHead, Shown } from "../states.tsx";
import { DEVICES, queryOf, readPeriod } from "./asked.ts";
import { FunnelBars } from "./bars.tsx";
import { DeviceTable } from "./device-table.tsx";
import { deviceWords, funnelName, stepName } from "./figures.ts";
import type { SavedFunnel } from "./funnels.tsx";
import { NextTable } from "./next-table.tsx";
import { StepTable } from "./step-table.tsx";
import { f } from "./words.ts";

const REFRESH_MS = 60_000;

export type Answer = SavedFunnel & { results: FunnelResults };

export function FunnelScreen({ id = "" }: { id?: string }): VNode {
  const site = useSite();
  const { query, path, route } = useLocation();
  const period = readPeriod(query);
  const device = DEVICES.find((one) => one === query["device"]) ?? null;
  const zone = site.settings.timezone;
  const range = rangeOf(period, zone, Date.now());
  const resource = useResource(
    `funnel ${site.key} ${id} ${range.from} ${range.to}`,
    (signal) => {
      const asked = new URLSearchParams({ from: range.from, to: range.to, compare: "previous" });
      return request<Answer>("GET", `${apiPath(site.key, "funnels", id)}?${asked}`, undefined, { signal });
    },
    REFRESH_MS,
  );
  const { data } = resource;
  return (
    <>
      <PageHead
        above={
          <p class="crumbs">
            <a href={`${screenPath(site.key, "funnels")}${queryOf(period)}`}>{f("title")}</a>
          </p>
        }
        title={data === undefined ? f("funnel") : funnelName(data)}
      >
        <DataAge resource={resource} />
        <PeriodPicker
          asked={period}
          range={range}
          zone={zone}
          onChange={(next) => route(`${path}${queryOf(next, { device })}`, true)}
        />
        <select
          class="in-row"
          aria-label={f("device")}
          value={device ?? ""}
          onChange={(event) =>
            route(`${path}${queryOf(period, { device: event.currentTarget.value || null })}`, true)
          }
        >
          <option value="">{f("allDevices")}</option>
          {DEVICES.map((one) => (
            <option key={one} value={one}>
              {deviceWords(one)}
            </option>
          ))}
        </select>
        {id === CHECKOUT ? null : (
          <a class="button" href={screenPath(site.key, "funnels", id, "edit")}>
            <Icon svg={Pencil} />
            {f("edit")}
          </a>
        )}
      </PageHead>
      <Shown resource={resource} title={f("failed")} lines={8}>
        {(answer) => <Results answer={answer} device={device} />}
      </Shown>
    </>
  );
}

function Results({ answer, device }: { answer: Answer; device: string | null }): VNode {
  const { results } = answer;
  const most = results.steps.toSorted((a, b) => b.left - a.left)[0];
  const [chosen, setChosen] = useState<string | null>(null);
  if ((results.steps[0]?.visits ?? 0) === 0) {
    return (
      <Empty title={f("emptyTitle")}>
        <p>{f("emptyText", { visits: results.visits })}</p>
        <p class="note">{f("emptyNote")}</p>
      </Empty>
    );
  }
  const step = results.steps.find(({ key }) => key === chosen) ?? most;
  return (
    <>
      <Sentence results={results} />
      <FunnelBars results={results} device={device} />
      <StepTable results={results} name={answer.key} />
      <div class="funnel-columns">
        {step === undefined ? null : (
          <NextTable results={results} step={step} onStep={(key) => setChosen(key)} name={answer.key} />
        )}
        <DeviceTable results={results} name={answer.key} />
      </div>
      <p class="note">{f("countedNote")}</p>
    </>
  );
}

/** The step that most leave, and the device that goes on less often than chance allows. */
function Sentence({ results: { steps, gap } }: { results: FunnelResults }): VNode {
  const most = steps.toSorted((a, b) => b.left - a.left)[0];
  const at = gap === null ? undefined : steps.find(({ key }) => key === gap.step);
  if (most === undefined || most.left === 0) {
    return <p class="sentence status-sentence">{f("nobodyLeaves")}</p>;
  }
  return (
    <p class="sentence status-sentence">
      {f("mostLeave", { step: stepName(most) })}{" "}
      {gap === null || at === undefined ? (
        f("noGap")
      ) : (
        <>
          {f("gapBefore")} <em>{f("gap", { step: stepName(at), device: f(`on_${gap.device}`) })}</em>.
        </>
      )}
    </p>
  );
}
