/** A dry run's figures: from all visitors to those who would have been invited, and what that asks of the team. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { DecisionKind } from "../../../domain/targeting/campaign.ts";
import type { DryRunAnswer } from "../../../domain/targeting/dry-run-wire.ts";
import { date, duration, number, percent } from "../../shared/format.ts";
import { TextField } from "../field.tsx";
import { locale } from "../session.ts";
import { useSite } from "../site.ts";
import { Bars } from "../why/bars.tsx";
import { y } from "../why/words.ts";
import { d } from "./words.ts";

/** What the site has not measured, as somebody assumes it. */
export type Given = { acceptance: number | null; handleSeconds: number | null };

type Props = {
  answer: DryRunAnswer;
  kind: DecisionKind;
  given: Given;
  onGiven: (given: Given) => void;
};

/** Kinds after which somebody talks. */
const TALKING: readonly DecisionKind[] = ["chat", "call", "callback", "video"];

export function DryRunResult({ answer, kind, given, onGiven }: Props): VNode {
  const site = useSite();
  const {
    visitors,
    matched,
    stopped,
    eligible,
    shown,
    held_out: heldOut,
    visits,
    from,
    to,
    rejected,
  } = answer;
  const [first] = rejected.first;
  const day = (at: string | null): string =>
    at === null ? "" : date(locale.value, at, site.settings.timezone);
  return (
    <>
      {visits === 0 ? (
        <p class="quiet">{d("none")}</p>
      ) : (
        <>
          <Bars
            caption={d("title")}
            most={visitors}
            rows={[
              { key: "visitors", label: d("visitors"), count: visitors, tone: "whole" },
              { key: "matched", label: d("matched"), count: matched, tone: "whole" },
              ...stopped.map(({ reason, visitors: count }) => ({
                key: reason,
                label: d("stoppedBy", { reason: y(`reason_${reason}`) }),
                count,
                tone: "stopped" as const,
              })),
              { key: "eligible", label: d("eligible"), count: eligible, tone: "whole" },
              ...(heldOut === 0
                ? []
                : [{ key: "held", label: d("heldOut"), count: heldOut, tone: "stopped" as const }]),
              { key: "shown", label: d("shown"), count: shown, tone: "point" },
            ]}
          />
          <p class="note">
            {d("visits", { n: visits, from: day(from), to: day(to) })}
            {answer.truncated ? ` ${d("truncated")}` : ""}
          </p>
        </>
      )}
      {first === undefined ? null : (
        <p class="note">{d("rejected", { n: rejected.count, path: `${first.path}: ${first.message}` })}</p>
      )}
      {!TALKING.includes(kind) ? (
        <p class="note">{d("noChats")}</p>
      ) : (
        <Load answer={answer} given={given} onGiven={onGiven} />
      )}
    </>
  );
}

function Load({ answer, given, onGiven }: Omit<Props, "kind">): VNode {
  const { acceptance, chats, staffing } = answer;
  const language = locale.value;
  return (
    <div class="dry-run-load">
      {chats === null ? null : (
        <p>
          {d("chats", {
            hour: number(language, chats.per_hour, 1),
            busiest: number(language, chats.busiest_hour, 1),
            rate: percent(language, acceptance.value, 1),
          })}{" "}
          {acceptance.given
            ? d("chatsGiven")
            : d("chatsMeasured", {
                numerator: number(language, acceptance.numerator),
                denominator: number(language, acceptance.denominator),
              })}
        </p>
      )}
      <Assumed
        label={d("acceptance")}
        note={sayAcceptance(acceptance)}
        value={given.acceptance === null ? "" : String(Math.round(given.acceptance * 1_000) / 10)}
        max={100}
        onValue={(value) => onGiven({ ...given, acceptance: value === null ? null : value / 100 })}
      />
      {staffing.agents_busiest_hour === null ? null : (
        <p>
          {d("agents", {
            n: staffing.agents_busiest_hour,
            mean: staffing.agents ?? 0,
            share: percent(language, staffing.service_level, 0),
            within: duration(staffing.within_seconds),
            handle: duration(staffing.handle_seconds),
            concurrency: staffing.concurrency,
          })}
        </p>
      )}
      <Assumed
        label={d("handle")}
        note={sayHandle(staffing)}
        value={given.handleSeconds === null ? "" : String(given.handleSeconds / 60)}
        max={1_440}
        onValue={(value) => onGiven({ ...given, handleSeconds: value === null ? null : value * 60 })}
      />
    </div>
  );
}

/** Which acceptance counts, and of how many displays the measured one is. */
function sayAcceptance({ given, measured }: DryRunAnswer["acceptance"]): string {
  const { accepted, displays, needed } = measured;
  const rate = displays === 0 ? "" : percent(locale.value, accepted / displays, 1);
  const figures = { accepted, displays, needed, rate };
  if (displays === 0) return d(given ? "acceptanceGiven" : "noAcceptance", figures);
  if (displays < needed) return d(given ? "acceptanceGivenFew" : "acceptanceFew", figures);
  return d(given ? "acceptanceGivenInstead" : "acceptanceMeasured", figures);
}

function sayHandle({ handle_given: given, handle_measured: n }: DryRunAnswer["staffing"]): string {
  if (given) return d("handleGiven", { n });
  return n === 0 ? d("noHandle") : d("handleMeasured", { n });
}

/** A figure that takes effect once it is left, so that half of a number is not asked about. */
function Assumed({
  label,
  note,
  value,
  max,
  onValue,
}: {
  label: string;
  note: string;
  value: string;
  max: number;
  onValue: (value: number | null) => void;
}): VNode {
  const [text, setText] = useState(value);
  const commit = (): void => {
    const figure = Number(text.replace(",", "."));
    if (text === value) return;
    if (text.trim() === "") onValue(null);
    else if (Number.isFinite(figure) && figure > 0 && figure <= max) onValue(figure);
  };
  return (
    <div class="assumed" onChange={commit}>
      <TextField
        label={label}
        type="number"
        min={0}
        max={max}
        step="any"
        value={text}
        note={note}
        onInput={setText}
      />
    </div>
  );
}
