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
      <Spent result={result} />
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

/** What a visitor spends more than the held-out: as it is, up to the cap, and adjusted. */
function Spent({ result }: PartProps): VNode | null {
  const { revenue_per_visitor: plain, capped_revenue_per_visitor: capped, currency, goal } = result;
  const { adjusted_revenue_per_visitor: adjusted, guards } = result;
  if (plain === null) return null;
  const cap = guards.spend_cap;
  return (
    <>
      <h3>{r("spentTitle", { goal })}</h3>
      <p>{r("spentText", moneyOf(plain, currency))}</p>
      {cap === null || capped === null ? null : (
        <p>
          {r("cappedText", {
            ...moneyOf(capped, currency),
            cap: money(locale.value, cap.amount, currency),
          })}
        </p>
      )}
      {adjusted === null ? null : <p>{r("adjustedText", moneyOf(adjusted, currency))}</p>}
    </>
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
  const write = (one: number) => money(locale.value, Math.round(one * 100) / 100 + 0, currency);
  return { value: `${value >= 0.005 ? "+" : ""}${write(value)}`, low: write(low), high: write(high) };
}
