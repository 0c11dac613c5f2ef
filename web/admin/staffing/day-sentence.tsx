/** The day in a sentence: how many came against the forecast, and from when somebody is missing. */
import type { VNode } from "preact";
import type { WireIntraday } from "../../../domain/staffing/intraday-wire.ts";
import { duration, percent, time } from "../../shared/format.ts";
import { locale } from "../session.ts";
import { againstForecast, stateOf } from "./view.ts";
import { w } from "./words.ts";

const LEAST_DIFFERENCE = 0.005;

export function DaySentence({ day }: { day: WireIntraday }): VNode {
  return (
    <p class="sentence status-sentence">
      {[came(day), needs(day)].map((text) => (text === "" ? "" : `${text}. `))}
      <Missing day={day} />
    </p>
  );
}

function came(day: WireIntraday): string {
  const state = stateOf(day);
  if (state === "future") {
    return day.forecast === null ? "" : w("chatsForetold", { n: Math.round(day.forecast.total) });
  }
  const n = day.so_far?.arrivals ?? 0;
  const counted = w(state === "today" ? "chatsSoFar" : "chatsThen", { n });
  const off = againstForecast(day);
  if (off === null) return counted;
  const share = percent(locale.value, Math.abs(off), 0);
  const compared =
    Math.abs(off) < LEAST_DIFFERENCE ? w("asForetold") : w(off > 0 ? "above" : "below", { share });
  return `${counted}, ${compared}`;
}

function needs(day: WireIntraday): string {
  if (day.days_missing > 0) return w("needsDays", { n: day.days_missing });
  if (day.model.name === null) return w("needsHandle");
  return "";
}

function Missing({ day }: { day: WireIntraday }): VNode | null {
  const state = stateOf(day);
  if (state === "past") return <Reached day={day} />;
  if (day.forecast === null || day.model.name === null) return null;
  const worst = day.shortages.toSorted((a, b) => b.missing - a.missing)[0];
  if (worst !== undefined) {
    const at = clockInSentence(worst.from, day.timezone);
    return (
      <>
        {w(state === "today" ? "shortageFrom" : "shortageFromFuture", { at })}{" "}
        <em>{w("shortBy", { n: worst.missing })}</em>.
      </>
    );
  }
  const ahead = day.intervals.filter(({ over, needed }) => !over && needed !== null);
  const known = ahead.every(({ gap }) => gap !== null);
  return <>{w(known ? (state === "today" ? "enough" : "enoughFuture") : "unknownAgents")}.</>;
}

/** In a French sentence the hour is written "17 h 00", in data "17:00". */
export function clockInSentence(at: string, zone: string): string {
  const clock = time(locale.value, at, zone);
  return locale.value === "fr" ? clock.replace(":", "\u00a0h\u00a0") : clock;
}

function Reached({ day }: { day: WireIntraday }): VNode | null {
  const value = day.so_far?.service_level.value ?? null;
  if (value === null) return null;
  const { service_level, within_seconds } = day.target;
  return (
    <>
      {w("answeredThen", {
        value: percent(locale.value, value, 0),
        within: duration(within_seconds),
        aim: percent(locale.value, service_level, 0),
      })}
      .
    </>
  );
}
