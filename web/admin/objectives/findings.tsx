/** What the figures ask for: each finding with the figure that it rests on, and one thing to do. */
import type { VNode } from "preact";
import type { WireFinding, WireGuide } from "../../../domain/objectives/wire.ts";
import { date, number } from "../../shared/format.ts";
import { locale } from "../session.ts";
import { screenPath, useSite } from "../site.ts";
import { sayValue, unitOf } from "./kpi-values.ts";
import { o } from "./words.ts";

export function Findings({ guide }: { guide: WireGuide }): VNode {
  const { findings, span } = guide;
  const site = useSite();
  const day = (at: string, before = 0) =>
    date(locale.value, new Date(Date.parse(at) - before), site.settings.timezone);
  return (
    <section aria-labelledby="guide">
      <div class="section-head">
        <h2 id="guide">{o("guide")}</h2>
        <span class="note">{o("guideSpan", { from: day(span.from), to: day(span.to, 1) })}</span>
      </div>
      {findings.length === 0 ? (
        <p class="quiet">{o("guideNone")}</p>
      ) : (
        <ol class="findings">
          {findings.map((finding) => (
            <li key={`${finding.code} ${finding.campaign ?? ""}`}>
              <div>
                <h3>{o(`finding_${finding.code}`, { name: finding.campaign_name ?? "" })}</h3>
                <p class="quiet">{figureOf(finding, guide.currency)}</p>
              </div>
              <a class="button" href={targetOf(finding, site.key)}>
                {o(`action_${finding.action}`)}
              </a>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** The figure, what it is made of, its interval and what it was held against. */
function figureOf({ figure, bound }: WireFinding, currency: string): string {
  if (figure.kpi === "margin") return o("figure_margin");
  const say = (value: number | null) => sayFigure(figure.kpi, value, currency);
  const { value, interval, numerator, denominator } = figure;
  const language = locale.value;
  const parts = [
    `${o(unitOf(figure.kpi) === null ? `figure_${figure.kpi}` : `kpi_${figure.kpi}`)} ${say(value)}`,
    interval === null ? null : o("span", { low: say(interval[0]), high: say(interval[1]) }),
    numerator === null || denominator === null
      ? null
      : o("outOf", {
          numerator: number(language, numerator, 0),
          denominator: number(language, denominator, 0),
        }),
    bound === null ? null : o("against", { bound: sayBound(figure.kpi, bound, currency) }),
  ];
  return parts.filter((part) => part !== null).join(" · ");
}

function sayFigure(kpi: string, value: number | null, currency: string): string {
  return kpi === "effect" ? sayPoints(value) : sayValue(kpi, value, currency);
}

function sayBound(kpi: string, bound: number, currency: string): string {
  if (kpi === "holdout_conversions") return number(locale.value, bound);
  return sayFigure(kpi, bound, currency);
}

/** A difference of shares, in points. */
export function sayPoints(value: number | null): string {
  if (value === null) return "-";
  const points = Number((value * 100).toFixed(2));
  return o("points", {
    value: `${points > 0 ? "+" : ""}${number(locale.value, points, 2)}`,
    n: Math.abs(points),
  });
}

/** Where that is done: what is about a campaign, in its editor. */
function targetOf({ action, campaign }: WireFinding, site: string): string {
  if (campaign !== null) return screenPath(site, "campaigns", campaign);
  switch (action) {
    case "staff":
      return screenPath(site, "staffing");
    case "read_conversations":
      return screenPath(site, "conversations");
    default:
      return screenPath(site, "settings");
  }
}
