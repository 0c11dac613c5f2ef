/** The gates of a trace gathered into the columns of its table. */
import type { WireGate } from "../../../domain/targeting/why-wire.ts";
import { dateTime } from "../../shared/format.ts";
import { locale } from "../session.ts";
import { spanWords } from "./asked.ts";
import { y } from "./words.ts";

export const COLUMNS = ["holdout", "excluded", "schedule", "pressure", "namespace", "capacity"] as const;
export type Column = (typeof COLUMNS)[number];

const OF: Readonly<Record<string, Column>> = {
  global_holdout: "holdout",
  excluded: "excluded",
  schedule: "schedule",
  namespace: "namespace",
  capacity: "capacity",
};
/** Gates whose figures are spans of time. */
const SPANS = /cooldown|after_decline/;

/** The gates of `column`: what is no other column's is pressure. */
export function gatesIn(gates: readonly WireGate[], column: Column): WireGate[] {
  return gates.filter(({ gate }) => (OF[gate] ?? "pressure") === column);
}

/** What `gates` answer together: no where one does, yes where one does, else what they are. */
export function answerOf(gates: readonly WireGate[]): WireGate["answer"] {
  for (const answer of ["no", "yes", "not_evaluated"] as const) {
    if (gates.some((gate) => gate.answer === answer)) return answer;
  }
  return gates.length === 0 ? "not_evaluated" : "not_applicable";
}

/** An offer that waits stops every campaign behind it: that is said of the moment, once, and not of each campaign. */
export const WAITING = "open_decision";

/** Why `gate` said no, in a few words: what was there against what was needed. */
export function refusalWords({ gate, needed, seen, until }: WireGate, zone: string): string {
  const figure = (value: number | null): string | number =>
    value === null ? "" : SPANS.test(gate) ? spanWords(value) : value;
  return y(`no_${gate}`, {
    needed: figure(needed),
    seen: figure(seen),
    until: until === null ? "none" : dateTime(locale.value, until, zone),
  });
}
