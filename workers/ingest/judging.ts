/**
 * The compiled campaigns of a site, asked about what a visitor has just done: what matches, in which segments he is, and
 * when time alone could change that. Nothing here asks an object.
 */
import type { Event } from "../../domain/events/event.ts";
import type { Campaign, PublishedSite } from "../../domain/targeting/campaign.ts";
import { type GateAnswer, type GateInput, gatesFor } from "../../domain/targeting/gates.ts";
import {
  type CompiledCampaign,
  type CompiledSite,
  compileSite,
  judge,
  type NotBefore,
  wakeAfterGate,
} from "../../domain/targeting/judge.ts";
import { type Clock, wallOf } from "../../domain/targeting/time-driven.ts";
import type { Loser } from "../../domain/visit/engage.ts";
import type { Facts } from "../../domain/visit/facts.ts";
import type { Clocks, KnownFacts } from "../../domain/visit/known.ts";
import type { LiveSite } from "../site/site-config.ts";

/** Events of one batch that are judged one by one; more than this no page sends at once. */
const MAX_JUDGED = 20;

const compiledSites = new WeakMap<PublishedSite, CompiledSite>();

export type Seen = { facts: KnownFacts; clocks: Clocks; events: readonly Event[]; now: number };

export type Verdict = {
  /** What matches for one of the events, whatever the schedules say, in the order in which they may win. */
  matched: CompiledCampaign[];
  segments: string[];
  /** In a segment that is left alone. */
  excluded: boolean;
  wakeAfterMs: number | null;
  deskMissing: boolean;
};

/** What `seen` calls for. `notBefore` says when a visitor's history first lets a campaign pass. */
export function judgeEvents(live: LiveSite, seen: Seen, notBefore: NotBefore): Verdict {
  const compiled = compiledOf(live.config);
  const clock = clockOf(compiled, seen);
  const judged = seen.events.length === 0 ? [null] : seen.events.slice(-MAX_JUDGED);
  const factsOf = factsFor(live, seen);
  const verdicts = judged.map((event) => judge(compiled, factsOf(event), clock, notBefore));
  const found = new Set(verdicts.flatMap(({ candidates }) => candidates.map(({ campaign }) => campaign)));
  return {
    matched: [...found].flatMap((id) => compiled.byId.get(id) ?? []).sort((a, b) => a.rank - b.rank),
    segments: [...new Set(verdicts.flatMap(({ segments }) => segments))],
    excluded: verdicts.some(({ excludedBy }) => excludedBy !== null),
    wakeAfterMs: soonest(verdicts.map(({ wakeAfterMs }) => wakeAfterMs)),
    deskMissing: verdicts.some(({ deskMissing }) => deskMissing),
  };
}

export type Gated = {
  verdict: Verdict;
  /** What may be offered now, as far as the visitor's history decides. */
  passing: Campaign[];
  losers: Loser[];
  wakeAfterMs: number | null;
};

/** `seen` judged, and the gates asked about all that matches. */
export function judgeWithGates(live: LiveSite, seen: Seen, history: Omit<GateInput, "excluded">): Gated {
  const { byId } = compiledOf(live.config);
  const openTo = gatesFor({ ...history, excluded: false });
  const verdict = judgeEvents(live, seen, (campaign) => {
    const schedule = byId.get(campaign.id)?.schedule;
    return schedule ? momentOf(openTo(campaign, schedule), seen.now) : null;
  });
  const gates = verdict.excluded ? gatesFor({ ...history, excluded: true }) : openTo;
  const gated: Gated = { verdict, passing: [], losers: [], wakeAfterMs: verdict.wakeAfterMs };
  for (const { campaign, schedule } of verdict.matched) {
    const answer = gates(campaign, schedule);
    if (answer.ok) gated.passing.push(campaign);
    else gated.losers.push({ campaign: campaign.id, gate: answer.gate, until: answer.until });
  }
  gated.wakeAfterMs = soonest([gated.wakeAfterMs, wakeAfterLosers(live, seen, gated.losers)]);
  return gated;
}

/** When the first of `losers` could be offered because the gate that shut it out opens by itself. */
export function wakeAfterLosers(live: LiveSite, seen: Seen, losers: readonly Loser[]): number | null {
  const waiting = losers.filter(({ until }) => until !== null);
  if (waiting.length === 0) return null;
  const compiled = compiledOf(live.config);
  const facts = factsFor(live, seen)(seen.events.at(-1) ?? null);
  const clock = clockOf(compiled, seen);
  return soonest(
    waiting.map(({ campaign, until }) =>
      until === null ? null : wakeAfterGate(compiled, campaign, facts, clock, until),
    ),
  );
}

/** What the visitor's object knows, with the clock on the site's wall, the desk and the event that is judged. */
function factsFor({ config, desk }: LiveSite, { facts, now }: Seen): (event: Event | null) => Facts {
  const { covered, free_slots, skills, wait_seconds } = desk;
  const shared = {
    ...facts,
    time: wallOf(config.settings.timezone, now, now).local(now),
    desk: { covered, free_slots, skills, ...(wait_seconds === null ? {} : { wait_seconds }) },
    score: {},
  };
  return (event) => ({
    ...shared,
    event: { name: event?.name ?? "Wake", properties: event?.properties ?? {} },
  });
}

function clockOf({ timezone }: CompiledSite, { clocks, now }: Seen): Clock {
  return { ...clocks, now, timezone };
}

function momentOf(answer: GateAnswer, now: number): number | null {
  return answer.ok ? now : answer.until;
}

/** Campaigns compile once per published version; what cannot be read is skipped whole, and said once. */
export function compiledOf(config: PublishedSite): CompiledSite {
  const known = compiledSites.get(config);
  if (known !== undefined) return known;
  const compiled = compileSite(config);
  for (const { campaign, problems } of compiled.unreadable) {
    console.error(
      JSON.stringify({ level: "error", what: "unreadable campaign", site: config.site, campaign, problems }),
    );
  }
  for (const { segment, problems } of compiled.unreadableSegments) {
    console.error(
      JSON.stringify({ level: "error", what: "unreadable segment", site: config.site, segment, problems }),
    );
  }
  compiledSites.set(config, compiled);
  return compiled;
}

/** The least of the moments that are known. */
export function soonest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(0, Math.min(...known));
}
