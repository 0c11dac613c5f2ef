/** What asks for a belief besides the counts: the effect of one conversation, the long run, and who accepts. */
import type { VNode } from "preact";
import { money, percent } from "../../shared/format.ts";
import { locale } from "../session.ts";
import { decimalsFor, plainPoints, pointsOf, signedPoints, type Span } from "./figures.ts";
import type { PartProps, Result } from "./results.tsx";
import { r } from "./words.ts";

export function PerConversation({ result }: PartProps): VNode | null {
  const { per_conversation: effect, probability, selection, currency } = result;
  if (effect === null) return null;
  const { capped_revenue_per_visitor: capped, adjusted_revenue_per_visitor: adjusted } = result;
  return (
    <details class="result-more">
      <summary>
        {r("perConversation")} <span class="quiet">{r("perConversationIf")}</span>
      </summary>
      <Effect effect={effect} currency={currency} />
      {probability === null ? null : (
        <>
          <h3>{r("longRun")}</h3>
          <p>{r("longRunText", shrunkOf(probability.shrunk, result))}</p>
        </>
      )}
      {result.guards.spend_cap === null || capped === null ? null : (
        <p>{r("cappedText", moneyOf(capped, currency))}</p>
      )}
      {adjusted === null ? null : <p>{r("adjustedText", moneyOf(adjusted, currency))}</p>}
      {selection === null || selection.wrong_by === null ? null : (
        <>
          <h3>{r("selectionTitle")}</h3>
          <p>
            {r("selectionText", {
              accepted: percent(locale.value, selection.accepted, 1),
              declined: percent(locale.value, selection.declined, 1),
              holdout: percent(locale.value, selection.holdout, 1),
              acceptedN: selection.n.accepted,
              declinedN: selection.n.declined,
              holdoutN: selection.n.holdout,
              wrong: signedPoints(locale.value, selection.wrong_by, 1),
            })}
          </p>
        </>
      )}
    </details>
  );
}

function Effect({
  effect,
  currency,
}: {
  effect: NonNullable<Result["per_conversation"]>;
  currency: string;
}): VNode {
  const { strength, contaminated, conversion, revenue } = effect;
  if (strength === "none" || conversion === null) return <p>{r("perConversationNone")}</p>;
  const language = locale.value;
  const open = r("openEnd");
  const { value, low, high } = conversion;
  const digits = low === null || high === null ? 1 : decimalsFor({ low, high });
  return (
    <>
      <p>
        {r("perConversationConversion", {
          value: signedPoints(language, value, digits),
          low: low === null ? open : plainPoints(language, low, digits),
          high: high === null ? open : plainPoints(language, high, digits),
          n: Math.abs(value * 100),
        })}
      </p>
      {revenue === null ? null : (
        <p>
          {r("perConversationRevenue", {
            value: money(language, revenue.value, currency),
            low: revenue.low === null ? open : money(language, revenue.low, currency),
            high: revenue.high === null ? open : money(language, revenue.high, currency),
          })}
        </p>
      )}
      {strength === "weak" ? <p class="note">{r("perConversationWeak")}</p> : null}
      {contaminated ? <p class="note">{r("perConversationMixed")}</p> : null}
    </>
  );
}

function shrunkOf(value: number, { difference }: Result): { value: string; n: number } {
  const { low, high } = difference ?? { low: value, high: value };
  const points = pointsOf(locale.value, { value, low, high });
  return { value: points.value, n: points.n };
}

function moneyOf({ value, low, high }: Span, currency: string): Record<"value" | "low" | "high", string> {
  const write = (one: number) => money(locale.value, Math.round(one * 100) / 100, currency);
  return { value: write(value), low: write(low), high: write(high) };
}
