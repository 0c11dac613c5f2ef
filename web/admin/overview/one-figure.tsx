/** The one figure with its interval, whom it rests on, and what is left of it; or why there is none and what to do. */
import type { VNode } from "preact";
import type { OverviewWire } from "../../../domain/overview/wire.ts";
import { money, number, percent } from "../../shared/format.ts";
import { roundMoney, type Span } from "../results/figures.ts";
import { locale } from "../session.ts";
import { screenPath, useSite } from "../site.ts";
import { spanInWords } from "./period-picker.tsx";
import { o } from "./words.ts";

type Part = { overview: OverviewWire };

export function OneFigure({ overview }: Part): VNode {
  const { earned } = overview;
  return (
    <section class="one-figure" aria-labelledby="one-figure" data-state={earned.state}>
      <h2 id="one-figure" class="eyebrow">
        {o(`earnedTitle_${earned.basis}`)}
      </h2>
      {earned.revenue === null ? (
        <NoFigure overview={overview} />
      ) : (
        <>
          <div class="figure-row">
            <p class="figure">{inMoney(earned.revenue.value, earned.revenue, overview)}</p>
            <IntervalBar span={earned.revenue} overview={overview} />
          </div>
          <p class="figure-words">
            {o("level")} <Words overview={overview} revenue={earned.revenue} />
          </p>
          <Hidden overview={overview} />
        </>
      )}
      <MoneyLine overview={overview} />
    </section>
  );
}

function Words({ overview, revenue }: Part & { revenue: Span }): VNode {
  const { earned, timezone } = overview;
  const language = locale.value;
  const { visitors, bought, basis } = earned;
  return (
    <>
      {o(`earnedVisitors_${basis}`, { invited: visitors.invited, held: visitors.held_out })}
      {bought === null ? null : (
        <>
          {" "}
          <strong>
            {o("earnedBought", {
              invited: percent(language, bought.invited),
              held: percent(language, bought.held_out),
            })}
          </strong>
        </>
      )}
      {basis === "site_holdout" ? ` ${o("earnedSiteWide", { span: spanInWords(earned, timezone) })}` : ""}
      {revenue.low <= 0 && revenue.high >= 0 ? ` ${o("earnedMaybeNothing")}` : ""}
    </>
  );
}

/** Which campaigns say nothing yet, by name: they add nothing to the figure. */
function Hidden({ overview }: Part): VNode | null {
  if (overview.earned.basis === "site_holdout") return null;
  const hidden = overview.campaigns.filter((row) => row.is_missing);
  if (hidden.length === 0) return null;
  return (
    <p class="note">
      {o("earnedWithout", {
        n: hidden.length,
        names: hidden.map((row) => `${row.name} (${o(`state_${hiddenAs(row)}`)})`).join(", "),
      })}
    </p>
  );
}

/** A campaign whose effect is read, on leads, stands outside the revenue for that. */
const hiddenAs = ({ difference, goal, state }: OverviewWire["campaigns"][number]) =>
  goal === "lead" && difference !== null ? "leads" : state;

function NoFigure({ overview }: Part): VNode {
  const site = useSite();
  const { state, basis, visitors } = overview.earned;
  const action =
    state === "not_measurable"
      ? { href: screenPath(site.key, "campaigns"), said: o("doHoldOut") }
      : state === "unusable_split"
        ? { href: firstUnusable(overview, site.key), said: o("doFindCause") }
        : null;
  return (
    <>
      <p class="sentence status-sentence">
        <em>{o(`none_${state}`)}</em>{" "}
        {o(`none_${state}_rest`, { basis, invited: visitors.invited, held: visitors.held_out })}
      </p>
      {action === null ? null : (
        <p>
          <a class="button" href={action.href}>
            {action.said}
          </a>
        </p>
      )}
    </>
  );
}

function firstUnusable({ campaigns }: OverviewWire, site: string): string {
  const found = campaigns.find(({ state }) => state === "unusable_split");
  return found === undefined
    ? screenPath(site, "campaigns")
    : screenPath(site, "campaigns", found.id, "results");
}

/** The interval on a scale of its own with the zero line; its words stand beside it. */
function IntervalBar({ span, overview }: Part & { span: Span }): VNode {
  const low = Math.min(0, span.low);
  const high = Math.max(0, span.high);
  const place = (value: number): string => `${high === low ? 50 : ((value - low) / (high - low)) * 100}%`;
  const [from, to] = [inMoney(span.low, span, overview), inMoney(span.high, span, overview)];
  return (
    <p class="figure-interval">
      <span class="sr-only">{o("earnedInterval", { low: from, high: to })}</span>
      <span class="interval-scale" aria-hidden="true">
        <span class="interval-zero" style={{ left: place(0) }}>
          {money(locale.value, 0, overview.currency)}
        </span>
        <span
          class="interval-span"
          style={{ left: place(span.low), right: `calc(100% - ${place(span.high)})` }}
        />
        <span class="interval-point" style={{ left: place(span.value) }} />
      </span>
      <span class="interval-ends" aria-hidden="true">
        <span style={{ left: place(span.low) }}>{from}</span>
        <span style={{ left: place(span.high) }}>{to}</span>
      </span>
    </p>
  );
}

/** From revenue to what is left of it; what was attributed stands beside it, marked as such. */
function MoneyLine({ overview }: Part): VNode {
  const site = useSite();
  const language = locale.value;
  const { earned, margin, agents_and_platform: cost, net, roi, attributed, currency } = overview;
  const settings = screenPath(site.key, "settings");
  return (
    <dl class="worth">
      {earned.revenue === null ? null : margin === null ? (
        <div>
          <dt>{o("margin")}</dt>
          <dd>
            <a href={settings}>{o("enterMargin")}</a>
          </dd>
        </div>
      ) : (
        <div>
          <dt>{o("marginAt", { share: percent(language, margin.share, 0) })}</dt>
          <dd>{margin.amount === null ? "-" : inMoney(margin.amount.value, margin.amount, overview)}</dd>
        </div>
      )}
      {earned.revenue === null ? null : (
        <div>
          <dt>{o("agentsAndPlatform")}</dt>
          <dd>
            {cost === null ? (
              <a href={settings}>{o("enterCosts")}</a>
            ) : (
              money(language, Math.round(cost), currency)
            )}
          </dd>
        </div>
      )}
      {earned.revenue !== null && net === null && cost !== null && margin?.amount != null ? (
        <div>
          <dt>{o("net")}</dt>
          <dd>
            - <span class="quiet">{o("netUnknown")}</span>
          </dd>
        </div>
      ) : null}
      {net === null ? null : (
        <div>
          <dt>{o("net")}</dt>
          <dd>
            {inMoney(net.value, net, overview)} <Between span={net} overview={overview} />
          </dd>
        </div>
      )}
      {roi === null ? null : (
        <div>
          <dt>{o("roi")}</dt>
          <dd>
            {percent(language, roi.value, 0)}{" "}
            <span class="quiet">
              {o("span", { low: wholePercent(roi.low), high: wholePercent(roi.high) })}
            </span>
          </dd>
        </div>
      )}
      <div data-kpi="attributed">
        <dt>{o("attributed")}</dt>
        <dd class="plain">{money(language, attributed.revenue, currency)}</dd>
      </div>
    </dl>
  );
}

/** "400", of a share; nothing has no sign. */
const wholePercent = (share: number): string => number(locale.value, Math.round(share * 100) || 0);

function Between({ span, overview }: Part & { span: Span }): VNode {
  return (
    <span class="quiet">
      {o("span", { low: inMoney(span.low, span, overview), high: inMoney(span.high, span, overview) })}
    </span>
  );
}

function inMoney(value: number, span: Span, { currency }: OverviewWire): string {
  return roundMoney(locale.value, value, currency, span);
}
