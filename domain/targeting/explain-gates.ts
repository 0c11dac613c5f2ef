/**
 * The gates of one campaign at one moment, each with its answer: what was asked for, and what was.
 *
 * The first that says no is the one that `checkLocalGates` names; what comes after it was not asked. A gate for which
 * neither the campaign nor the site sets a rule does not apply.
 *
 * Units   `needed` and `seen` are counts for caps and places, seconds for cool-downs; `until` is `EpochMs`.
 */
import type { EpochMs } from "../ids.ts";
import type { Pressure } from "../site/settings.ts";
import type { Campaign } from "./campaign.ts";
import { checkLocalGates, type GateInput } from "./gates.ts";
import { type Gate, GATES } from "./outcome.ts";
import type { OpenTimes } from "./schedule.ts";
import { DAY_MS, SECOND_MS } from "./zone.ts";

export type AskedGate = Gate | "capacity";
export type GateRow = {
  gate: AskedGate;
  answer: "yes" | "no" | "not_evaluated" | "not_applicable";
  needed: number | null;
  seen: number | null;
  /** When a shut gate lets pass by itself, as far as time alone decides. */
  until: EpochMs | null;
};

type Rule = { needed: number; seen: number | null } | "set" | null;
type Exposures = GateInput["exposures"];

const DAY_SECONDS = DAY_MS / SECOND_MS;

export type Gated = { campaign: Campaign; schedule: OpenTimes };

/** Every gate in its order. `freeSlots` are the places free at that moment; `leaves` says that somebody may be left alone. */
export function explainGates(
  { campaign, schedule }: Gated,
  input: GateInput,
  { freeSlots, leavesAlone }: { freeSlots: number; leavesAlone: boolean },
): GateRow[] {
  const local = checkLocalGates(campaign, schedule, input);
  const rules = rulesOf(campaign, schedule, input, leavesAlone);
  let shut = false;
  const rows = GATES.map((gate): GateRow => {
    const rule = rules[gate];
    const measured = typeof rule === "object" && rule !== null ? rule : { needed: null, seen: null };
    const refuses = !local.ok && local.gate === gate;
    const answer = shut ? "not_evaluated" : refuses ? "no" : rule === null ? "not_applicable" : "yes";
    shut ||= refuses;
    return { gate, answer, ...measured, until: refuses ? local.until : null };
  });
  return [...rows, capacityRow(campaign, freeSlots, shut)];
}

/** The last gate before the arm: one place that is free now. */
function capacityRow({ requires_agent }: Campaign, freeSlots: number, shut: boolean): GateRow {
  const answer = !requires_agent ? "not_applicable" : shut ? "not_evaluated" : freeSlots > 0 ? "yes" : "no";
  const measured = requires_agent ? { needed: 1, seen: freeSlots } : { needed: null, seen: null };
  return { gate: "capacity", answer, ...measured, until: null };
}

function rulesOf(
  campaign: Campaign,
  schedule: OpenTimes,
  { exposures, sessionId, pressure, now }: GateInput,
  leavesAlone: boolean,
): Record<Gate, Rule> {
  const own = exposures.filter((each) => each.campaign === campaign.id);
  const ofKind = exposures.filter((each) => each.kind === campaign.kind);
  const { caps } = campaign;
  return {
    global_holdout: "set",
    excluded: leavesAlone ? "set" : null,
    schedule: schedule.restricts ? "set" : null,
    open_decision: "set",
    per_session: inSession(caps.per_session, own, sessionId),
    per_visitor: inSpan(caps, own, now),
    cooldown: since(caps.cooldown_seconds, lastOf(own, "eligibleAt"), now),
    after_decline: since(seconds(caps.after_decline_days), lastOf(own, "declinedAt"), now),
    site_per_session: inSession(pressure.per_session, exposures, sessionId),
    site_per_visitor: inSpan(pressure, exposures, now),
    site_cooldown: since(pressure.cooldown_seconds, lastOf(exposures, "eligibleAt"), now),
    kind_after_decline: since(seconds(pressure.after_decline_kind_days), lastOf(ofKind, "declinedAt"), now),
    site_after_decline: since(
      seconds(pressure.after_decline_site_days),
      lastOf(exposures, "declinedAt"),
      now,
    ),
    namespace: campaign.namespace ? "set" : null,
  };
}

function inSession(cap: number | null | undefined, exposures: Exposures, sessionId: string): Rule {
  if (!cap) return null;
  return { needed: cap, seen: exposures.filter((each) => each.sessionId === sessionId).length };
}

function inSpan(
  { per_visitor, per_days }: Pick<Pressure, "per_visitor" | "per_days">,
  exposures: Exposures,
  now: EpochMs,
): Rule {
  if (!per_visitor) return null;
  const from = per_days ? now - per_days * DAY_MS : Number.NEGATIVE_INFINITY;
  return { needed: per_visitor, seen: exposures.filter(({ eligibleAt }) => eligibleAt > from).length };
}

function since(needed: number | null | undefined, last: EpochMs | null, now: EpochMs): Rule {
  if (!needed) return null;
  return { needed, seen: last === null ? null : Math.floor((now - last) / SECOND_MS) };
}

function seconds(days: number | null | undefined): number | null {
  return days ? days * DAY_SECONDS : null;
}

function lastOf(exposures: Exposures, moment: "eligibleAt" | "declinedAt"): EpochMs | null {
  const moments = exposures.map((each) => each[moment]).filter((at) => at !== null);
  return moments.length === 0 ? null : Math.max(...moments);
}
