/** From sales that would not have come to what is left of them, in one line; attributed beside it, marked as such. */
import type { VNode } from "preact";
import { money, number, percent } from "../../shared/format.ts";
import { locale } from "../session.ts";
import { screenPath, useSite } from "../site.ts";
import { count, roundMoney, type Span } from "./figures.ts";
import type { PartProps, Result } from "./results.tsx";
import { r } from "./words.ts";

export function MoneyLine({ result }: PartProps): VNode | null {
  const site = useSite();
  const language = locale.value;
  const { currency, goal, incremental_sales, incremental_revenue, margin, agents, net } = result;
  const settings = screenPath(site.key, "settings");
  const share = percent(language, margin, 0);
  const rate = result.cannibalisation.revenue ?? result.cannibalisation.orders;
  return (
    <section aria-labelledby="result-money" class="result-money">
      <h2 id="result-money" class="sr-only">
        {r("money")}
      </h2>
      {incremental_sales === null ? (
        <p class="note">{r(`moneyHidden_${hiddenAs(result)}`, { goal })}</p>
      ) : (
        <dl class="money-line">
          <Item name={r("incrementalSales", { goal })} big>
            {countSpan(incremental_sales)}
          </Item>
          {incremental_revenue === null ? null : (
            <Item name={r("incrementalRevenue", { goal })} big>
              {moneySpan(incremental_revenue, currency)}
            </Item>
          )}
          {incremental_revenue === null ? null : margin === null || result.incremental_margin === null ? (
            <Item name={r("marginAt", { share: "-" })}>
              <a href={settings}>{r("marginMissing")}</a>
            </Item>
          ) : (
            <>
              <Item name={r("marginAt", { share })} after="arrow">
                {roundMoney(language, result.incremental_margin.value, currency, result.incremental_margin)}
              </Item>
              <Item name={r("agents", { hours: number(language, agents.hours, 1) })} after="minus">
                {agents.cost === null ? (
                  <a href={settings}>{r("agentsMissing")}</a>
                ) : (
                  money(language, Math.round(agents.cost), currency)
                )}
              </Item>
              {net === null ? null : (
                <Item name={r("net")} after="equals" big>
                  {moneySpan(net, currency)}
                </Item>
              )}
            </>
          )}
        </dl>
      )}
      <p class="note">
        {`${r("attributed")}${language === "fr" ? "\u00a0: " : ": "}`}
        {attributedOf(result)}
        {rate === null ? "" : ` · ${r("cannibalised")} ${percentSpan(rate)}`}
        {rate === null || rate.value >= 0 ? "" : ` · ${r("cannibalisedBelow")}`}
        {result.incremental_margin === null ? "" : ` · ${discountsOf(result)}`}
        {agents.hours > 0 ? ` · ${agentTime(result)}` : ""}
        {agents.later_hours > 0 ? ` · ${laterTime(result)}` : ""}
        {foreignOf(result)}
      </p>
    </section>
  );
}

/** Why no money is told. */
function hiddenAs({ state }: Result): "unusable_split" | "too_few" | "not_measurable" | "other" {
  return state === "unusable_split" || state === "too_few" || state === "not_measurable" ? state : "other";
}

function Item({
  name,
  big = false,
  after,
  children,
}: {
  name: string;
  big?: boolean;
  /** The sign that leads here from the figure before. */
  after?: "arrow" | "minus" | "equals";
  children: VNode | string;
}): VNode {
  return (
    <div class={[big ? "big" : "", after ?? ""].join(" ").trim()}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function attributedOf({ attributed, currency }: Result): string {
  const language = locale.value;
  return `${money(language, attributed.revenue, currency)} (${count(language, attributed.orders)})`;
}

/** What prices were lowered by, which the margin bears; where nobody told, what that means. */
function discountsOf({ discounts: { treated, holdout }, currency }: Result): string {
  const write = (amount: number) => money(locale.value, amount, currency);
  if (treated === 0 && holdout === 0) return r("discountsNone");
  return r("discounts", { treated: write(treated), holdout: write(holdout) });
}

/** What of the agents' time counts here, and what does not. */
function agentTime({ agents: { concurrency } }: Result): string {
  const n = number(locale.value, concurrency, 1);
  return r("platformNote", { several: concurrency >= 1.05 ? "yes" : "no", n });
}

/** What agents spent on later visits of the same visitors, which stands against nothing that is measured here. */
function laterTime({ agents: { later_hours } }: Result): string {
  return r("laterTime", { hours: number(locale.value, later_hours, 1) });
}

/** Sales whose money is missing, because nobody tells the rate. */
function foreignOf({ in_other_currency: { treated, holdout }, goal }: Result): string {
  if (treated + holdout === 0) return "";
  const write = (orders: number) => count(locale.value, orders);
  const told = { goal, n: treated + holdout, treated: write(treated), holdout: write(holdout) };
  return ` · ${r("otherCurrency", told)}`;
}

function withInterval(value: string, low: string, high: string): VNode {
  return (
    <>
      {value} <span class="interval">{r("spanOf", { value: "", low, high }).trim()}</span>
    </>
  );
}

function countSpan({ value, low, high }: Span): VNode {
  const write = (one: number) => count(locale.value, one);
  return withInterval(write(value), write(low), write(high));
}

function moneySpan(span: Span, currency: string): VNode {
  const write = (one: number) => roundMoney(locale.value, one, currency, span);
  return withInterval(write(span.value), write(span.low), write(span.high));
}

function percentSpan({ value, low, high }: Span): string {
  const write = (one: number) => percent(locale.value, one, 0);
  return r("spanOf", { value: write(value), low: write(low), high: write(high) });
}
