/** Each campaign's effect against its own hold-out on one scale; what is hidden says why. */
import Collecting from "lucide-static/icons/hourglass.svg?raw";
import Unusable from "lucide-static/icons/triangle-alert.svg?raw";
import type { VNode } from "preact";
import { StatusTag } from "../campaigns/status-tag.tsx";
import type { CampaignWire, OverviewWire } from "../../../domain/overview/wire.ts";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { number } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { barPlace, barScale, type BarScale, EffectBar } from "../charts/effect-bar.tsx";
import { decimalsFor, signedPoints } from "../results/figures.ts";
import { locale, t } from "../session.ts";
import { screenPath, useSite } from "../site.ts";
import { download, writeCsv } from "./csv.ts";
import { o } from "./words.ts";

const DAY_MS = 86_400_000;
const STATUSES: readonly (Campaign["status"] | "deleted")[] = ["draft", "live", "paused", "ended", "deleted"];

export function CampaignEffects({ overview }: { overview: OverviewWire }): VNode {
  const site = useSite();
  const { campaigns } = overview;
  const scale = barScale(
    campaigns.flatMap(({ difference }) => (difference === null ? [] : [difference])),
    campaigns.flatMap(({ smallest, difference }) =>
      smallest === null || difference === null ? [] : [smallest],
    ),
  );
  return (
    <section aria-labelledby="campaigns-title" class="campaign-effects">
      <div class="section-head">
        <h2 id="campaigns-title">{t("navCampaigns")}</h2>
        <span class="note">{o("effectNote")}</span>
      </div>
      {campaigns.length === 0 ? (
        <p class="quiet">
          {o("noCampaign")} <a href={screenPath(site.key, "campaigns", "new")}>{t("newCampaign")}</a>
        </p>
      ) : (
        <>
          <div class="table-scroll" tabIndex={0} role="group" aria-labelledby="campaigns-title">
            <table>
              <thead>
                <tr>
                  <th scope="col">{t("campaign")}</th>
                  <th scope="col">{t("state")}</th>
                  <th scope="col" class="number">
                    {o("colVisitors")}
                  </th>
                  <th scope="col" class="effect-column">
                    <span class="sr-only">{o("colInterval")}</span>
                    {scale === null ? null : <Ticks scale={scale} />}
                  </th>
                  <th scope="col" class="number">
                    {t("effect")}
                  </th>
                </tr>
              </thead>
              <tbody>
                {campaigns.map((row) => (
                  <Row key={`${row.id} ${row.phase}`} row={row} scale={scale} />
                ))}
              </tbody>
            </table>
          </div>
          <p class="effect-legend note">
            <span>{o("legendEffect")}</span>
            {campaigns.some(({ smallest, difference }) => smallest !== null && difference !== null) ? (
              <span>
                <span class="band-swatch" aria-hidden="true" /> {o("legendBand")}
              </span>
            ) : null}
          </p>
          <p class="chart-links">
            <button type="button" class="link" onClick={() => saveCsv(overview)}>
              CSV
            </button>
          </p>
        </>
      )}
    </section>
  );
}

function Row({ row, scale }: { row: CampaignWire; scale: BarScale | null }): VNode {
  const site = useSite();
  const { id, phase, difference, state } = row;
  const language = locale.value;
  const tone = state === "likely_better" ? "good" : state === "likely_worse" ? "bad" : "";
  return (
    <tr>
      <th scope="row">
        <a href={`${screenPath(site.key, "campaigns", id, "results")}?phase=${phase}`}>{row.name}</a>
        <br />
        <span class="quiet">
          {t(`kind_${row.kind}`)}
          {phase > 1 ? ` · ${o("phase", { phase })}` : ""}
        </span>
      </th>
      <td>
        <StateTag row={row} />
      </td>
      <td class="number">{number(language, row.visitors)}</td>
      {difference === null || scale === null ? (
        <td class="quiet">{hiddenWords(row)}</td>
      ) : (
        <td class="effect-column">
          <EffectBar scale={scale} span={difference} band={row.smallest} tone={tone} />
        </td>
      )}
      <td class="number effect-words">{difference === null ? "-" : <Effect difference={difference} />}</td>
    </tr>
  );
}

function Effect({ difference }: { difference: NonNullable<CampaignWire["difference"]> }): VNode {
  const digits = decimalsFor(difference);
  const language = locale.value;
  return (
    <>
      <strong>{signedPoints(language, difference.value, digits)}</strong>{" "}
      <span class="quiet">
        {o("span", {
          low: signedPoints(language, difference.low, digits),
          high: signedPoints(language, difference.high, digits),
        })}
      </span>
    </>
  );
}

/** What one must know first: that it cannot be used, that it is not there yet, else whether it runs. */
function StateTag({ row }: { row: CampaignWire }): VNode {
  if (row.state === "unusable_split") {
    return (
      <span class="tag bad">
        <Icon svg={Unusable} size={12} />
        {o("tagSplit")}
      </span>
    );
  }
  if (row.state === "collecting" && row.difference === null && row.status === "live") {
    return (
      <span class="tag">
        <Icon svg={Collecting} size={12} />
        {o("tagCollecting")}
      </span>
    );
  }
  return <StatusTag status={STATUSES.find((status) => status === row.status) ?? "ended"} />;
}

function hiddenWords({
  state,
  visitors,
  planned_visitors,
  earliest_reading_at,
  users,
  planned_shares,
}: CampaignWire): string {
  const language = locale.value;
  switch (state) {
    case "unusable_split": {
      const shares = (planned_shares ?? []).map((share) => number(language, share * 100, 1)).join(" : ");
      const counts = (users ?? []).map((count) => number(language, count)).join(" : ");
      return o("hiddenSplit", { users: counts, planned: shares });
    }
    case "collecting": {
      const left =
        earliest_reading_at === null
          ? null
          : Math.max(0, Math.ceil((Date.parse(earliest_reading_at) - Date.now()) / DAY_MS));
      return o("hiddenCollecting", {
        planned: planned_visitors === null ? "no" : "yes",
        visitors: number(language, visitors),
        of: number(language, planned_visitors),
        known: left === null ? "no" : "yes",
        days: left ?? 0,
      });
    }
    default:
      return o(`hidden_${state}`);
  }
}

function Ticks({ scale }: { scale: BarScale }): VNode {
  const step = (scale.ticks[1] ?? 1) - (scale.ticks[0] ?? 0);
  const digits = Math.max(0, -Math.floor(Math.log10(step * 100) + 1e-9));
  const ends = [scale.ticks[0], 0, scale.ticks.at(-1)].filter((tick) => tick !== undefined);
  return (
    <span class="chart-ticks" aria-hidden="true">
      {[...new Set(ends)].map((tick) => (
        <span key={tick} style={{ left: barPlace(scale, tick) }}>
          {signedPoints(locale.value, tick, digits)}
        </span>
      ))}
    </span>
  );
}

function saveCsv({ campaigns, currency }: OverviewWire): void {
  const head = [
    "campaign",
    "id",
    "phase",
    "status",
    "state",
    "visitors",
    "held_out",
    "difference",
    "low",
    "high",
  ];
  const adds = [`adds_${currency}`, "adds_low", "adds_high"];
  download(
    "aparte-campaigns.csv",
    writeCsv([
      [...head, ...adds],
      ...campaigns.map((row) => [
        row.name,
        row.id,
        row.phase,
        row.status,
        row.state,
        row.visitors,
        row.held_out,
        ...cellsOf(row.difference),
        ...cellsOf(row.contributes),
      ]),
    ]),
  );
}

const cellsOf = (span: CampaignWire["difference"]): (number | null)[] => [
  span?.value ?? null,
  span?.low ?? null,
  span?.high ?? null,
];
