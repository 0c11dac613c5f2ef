/** What the newest case expects, and what was measured of it, in one sentence. */
import type { VNode } from "preact";
import { percent } from "../../shared/format.ts";
import { locale } from "../session.ts";
import { useSite } from "../site.ts";
import { roundMoney } from "../results/figures.ts";
import type { CaseWithReport } from "./return.tsx";
import { g } from "./words.ts";

/** Colour only where all of the interval is on one side of nothing. */
function toneOf(span: { low: number; high: number } | null): string {
  if (span === null) return "";
  if (span.low > 0) return "good";
  return span.high < 0 ? "bad" : "";
}

export function ReturnSentence({ cases }: { cases: readonly CaseWithReport[] }): VNode | null {
  const site = useSite();
  const { currency } = site.settings;
  const [first] = cases;
  if (first === undefined) return null;
  const { saved, report } = first;
  const { net, chance_to_pay } = report.expectation;
  const say = (value: number) => roundMoney(locale.value, value, currency, net);
  const measured = report.rows.find(({ figure }) => figure === "net" && report.result_state !== null);
  const revenue = report.rows.find(({ figure }) => figure === "incremental_revenue");
  const told = measured?.measured ?? null;
  const other = told === null ? (revenue?.measured ?? null) : null;
  return (
    <p class="sentence status-sentence">
      {g("sentenceExpected", {
        name: saved.name,
        months: saved.months,
        low: say(net.low),
        high: say(net.high),
        chance: percent(locale.value, chance_to_pay, 0),
      })}{" "}
      {told === null && other === null ? (
        g("sentenceNotMeasured")
      ) : (
        <strong class={toneOf(told ?? other)}>
          {g(told === null ? "sentenceRevenue" : "sentenceNet", {
            value: roundMoney(locale.value, (told ?? other)?.value ?? 0, currency, told ?? other ?? net),
            low: roundMoney(locale.value, (told ?? other)?.low ?? 0, currency, told ?? other ?? net),
            high: roundMoney(locale.value, (told ?? other)?.high ?? 0, currency, told ?? other ?? net),
          })}
        </strong>
      )}
    </p>
  );
}
