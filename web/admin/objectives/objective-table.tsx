/** Each objective: its figure with the interval, against the line from baseline to target. */
import Check from "lucide-static/icons/circle-check.svg?raw";
import Clock from "lucide-static/icons/hourglass.svg?raw";
import Alert from "lucide-static/icons/triangle-alert.svg?raw";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Objective } from "../../../domain/objectives/objective.ts";
import type { WireProgress } from "../../../domain/objectives/wire.ts";
import { type ApiFailure, request } from "../../shared/api.ts";
import { date, number } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { download, writeCsv } from "../overview/csv.ts";
import { asFailure } from "../resource.ts";
import { locale } from "../session.ts";
import { apiPath, useSite } from "../site.ts";
import { Failed } from "../states.tsx";
import { IntervalBar } from "./interval-bar.tsx";
import { sayValue } from "./kpi-values.ts";
import type { Saved, Standing } from "./objectives.tsx";
import { o } from "./words.ts";

const TONE: Record<string, "good" | "bad" | "warn" | ""> = {
  reached: "good",
  met: "good",
  not_met: "bad",
  on_track: "good",
  at_risk: "warn",
  missed: "bad",
};

export function ObjectiveTable({
  objectives,
  onEdit,
  onChanged,
}: Pick<Standing, "objectives"> & {
  onEdit: (objective: Saved<Objective>) => void;
  onChanged: () => void;
}): VNode {
  const site = useSite();
  const { currency } = site.settings;
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [asked, setAsked] = useState<string | null>(null);
  const remove = async (id: string): Promise<void> => {
    setFailure(null);
    try {
      await request("DELETE", apiPath(site.key, "objectives", id));
    } catch (error) {
      setFailure(asFailure(error));
    }
    setAsked(null);
    onChanged();
  };
  return (
    <section aria-labelledby="objectives-list">
      <h2 id="objectives-list" class="sr-only">
        {o("title")}
      </h2>
      {failure === null ? null : <Failed title={o("saveFailed")} failure={failure} />}
      <div class="table-scroll" tabIndex={0} role="group" aria-labelledby="objectives-list">
        <table class="objective-table">
          <thead>
            <tr>
              <th scope="col">{o("objective")}</th>
              <th scope="col">{o("state")}</th>
              <th scope="col" class="number">
                {o("now")}
              </th>
              <th scope="col">{o("interval")}</th>
              <th scope="col" class="bar-cell">
                <span class="sr-only">{o("picture")}</span>
              </th>
              <th scope="col" class="number">
                {o("expected")}
              </th>
              <th scope="col" class="number">
                {o("target")}
              </th>
              <th scope="col">{o("due")}</th>
              <th scope="col">{o("owner")}</th>
              <th scope="col">
                <span class="sr-only">{o("actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {objectives.map(({ saved, progress }) => (
              <tr key={saved.id}>
                <th scope="row">
                  {saved.name}
                  <span class="note">
                    {saved.business_hours
                      ? o("kpiInHours", { kpi: o(`kpi_${saved.kpi}`) })
                      : o(`kpi_${saved.kpi}`)}
                  </span>
                </th>
                <td>
                  <StateTag state={progress?.state ?? "upcoming"} />
                </td>
                <Figure saved={saved} progress={progress} currency={currency} />
                <td class="number">{sayValue(saved.kpi, progress?.expected ?? null, currency)}</td>
                <td class="number">
                  {sayValue(saved.kpi, saved.target, currency)}
                  <span class="note">
                    {o("from", { value: sayValue(saved.kpi, saved.baseline, currency) })}
                  </span>
                </td>
                <td>
                  {date(locale.value, `${saved.due_on}T12:00:00Z`)}
                  <span class="note">{o("daysLeft", { n: progress?.days_left ?? 0 })}</span>
                </td>
                <td>{saved.owner}</td>
                <td class="row-actions">
                  {asked === saved.id ? (
                    <>
                      <button type="button" class="small danger" onClick={() => void remove(saved.id)}>
                        {o("deleteSure", { name: saved.name })}
                      </button>
                      <button type="button" class="small plain" onClick={() => setAsked(null)}>
                        {o("cancel")}
                      </button>
                    </>
                  ) : (
                    <>
                      <button type="button" class="small" onClick={() => onEdit(saved)}>
                        {o("edit")}
                        <span class="sr-only"> {saved.name}</span>
                      </button>
                      <button type="button" class="small plain" onClick={() => setAsked(saved.id)}>
                        {o("delete")}
                        <span class="sr-only"> {saved.name}</span>
                      </button>
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="note">
        {o("legend")} {o("legendRule")}
      </p>
      <p class="chart-links">
        <button type="button" class="link" onClick={() => saveCsv(site.key, objectives)}>
          {o("csvObjectives")}
        </button>
      </p>
    </section>
  );
}

export function StateTag({ state }: { state: string }): VNode {
  const tone = TONE[state] ?? "";
  const icon = tone === "good" ? Check : tone === "" ? Clock : Alert;
  return (
    <span class={`tag ${tone}`}>
      <Icon svg={icon} size={12} />
      {o(`state_${state}`)}
    </span>
  );
}

function Figure({
  saved,
  progress,
  currency,
}: {
  saved: Objective;
  progress: WireProgress | null;
  currency: string;
}): VNode {
  const reading = progress?.reading ?? null;
  const say = (value: number | null) => sayValue(saved.kpi, value, currency);
  if (reading === null || reading.value === null || reading.interval === null) {
    return (
      <>
        <td class="number">-</td>
        <td class="quiet">{o("noFigure", { n: reading?.n ?? 0 })}</td>
        <td class="bar-cell" />
      </>
    );
  }
  const [low, high] = reading.interval;
  const tone = TONE[progress?.state ?? ""] ?? "";
  const marks = [
    { at: saved.target, kind: "target" as const },
    ...(progress?.expected == null ? [] : [{ at: progress.expected, kind: "expected" as const }]),
  ];
  return (
    <>
      <td class="number">
        <strong>{say(reading.value)}</strong>
        <span class="note">
          {reading.denominator === null
            ? o("behind", { n: number(locale.value, reading.n) })
            : o("outOf", {
                numerator: number(locale.value, reading.numerator, 0),
                denominator: number(locale.value, reading.denominator, 0),
              })}
        </span>
      </td>
      <td class="nowrap">{o("span", { low: say(low), high: say(high) })}</td>
      <td class="bar-cell">
        <IntervalBar
          low={low}
          high={high}
          point={reading.value}
          marks={marks}
          tone={tone === "warn" ? "bad" : tone}
        />
      </td>
    </>
  );
}

function saveCsv(site: string, objectives: Standing["objectives"]): void {
  download(
    `aparte-objectives-${site}.csv`,
    writeCsv([
      [
        "name",
        "kpi",
        "state",
        "value",
        "low",
        "high",
        "numerator",
        "denominator",
        "n",
        "expected",
        "baseline",
        "target",
        "starts_on",
        "due_on",
        "window_days",
        "owner",
        "business_hours",
      ],
      ...objectives.map(({ saved, progress }) => {
        const reading = progress?.reading ?? null;
        return [
          saved.name,
          saved.kpi,
          progress?.state ?? null,
          reading?.value ?? null,
          reading?.interval?.[0] ?? null,
          reading?.interval?.[1] ?? null,
          reading?.numerator ?? null,
          reading?.denominator ?? null,
          reading?.n ?? null,
          progress?.expected ?? null,
          saved.baseline,
          saved.target,
          saved.starts_on,
          saved.due_on,
          saved.window_days,
          saved.owner,
          String(saved.business_hours),
        ];
      }),
    ]),
  );
}
