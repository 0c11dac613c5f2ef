/**
 * The judgement of one event: which live campaigns match a visitor now, why, and when time alone could change that.
 *
 * Shapes  `compileSite` is called once for each published version; `judge` at every request that can show something.
 *         A campaign whose condition cannot be read is left out whole, and reported.
 * Units   `wakeAfterMs` is milliseconds from `clock.now`, always above 0.
 */
import type { EpochMs, SiteKey } from "../ids.ts";
import type { Campaign, PublishedSite } from "./campaign.ts";
import { type CampaignIndex, indexByNeed } from "./campaign-index.ts";
import { type Problem, readCondition } from "./condition.ts";
import type { Candidate } from "./decision.ts";
import { readerOf } from "./fact-values.ts";
import { reasonsFor } from "./reasons.ts";
import { type OpenTimes, readSchedule } from "./schedule.ts";
import { type Clock, earliestTrue, factsAt, type Timing, timingOf } from "./time-driven.ts";

export type CompiledCampaign = {
  campaign: Campaign;
  condition: Campaign["condition"];
  /** Its place in the order of arbitration, 0 first. */
  rank: number;
  test: (facts: object) => boolean;
  timing: Timing;
  schedule: OpenTimes;
};

export type CompiledSite = {
  site: SiteKey;
  version: number;
  timezone: string;
  /** In the order of arbitration. */
  byId: ReadonlyMap<string, CompiledCampaign>;
  asked: CampaignIndex<CompiledCampaign>;
  unreadable: Unreadable[];
};

export type Unreadable = { campaign: string; problems: Problem[] };

export type Judgement = {
  /** What matches now, in the order of arbitration. */
  candidates: Candidate[];
  eligible: boolean;
  wakeAfterMs: number | null;
  unreadable: Unreadable[];
};

/** Reads every live campaign of `published`. */
export function compileSite(published: PublishedSite): CompiledSite {
  const { timezone } = published.settings;
  const live = published.campaigns.filter(({ status }) => status === "live").sort(byPriority);
  const compiled: CompiledCampaign[] = [];
  const unreadable: Unreadable[] = [];
  for (const campaign of live) {
    const read = readCondition(campaign.condition);
    if (!read.ok) {
      unreadable.push({ campaign: campaign.id, problems: read.problems });
      continue;
    }
    compiled.push({
      campaign,
      condition: campaign.condition,
      rank: compiled.length,
      test: read.test,
      timing: timingOf(read.leaves),
      schedule: readSchedule(campaign.schedule, timezone),
    });
  }
  return {
    site: published.site,
    version: published.version,
    timezone,
    byId: new Map(compiled.map((each) => [each.campaign.id, each])),
    asked: indexByNeed(compiled),
    unreadable,
  };
}

/** Higher priority first; between equals the lower id, so that the order is one and the same everywhere. */
function byPriority(a: Campaign, b: Campaign): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

const pagePath = readerOf("page.path");
const eventName = readerOf("event.name");

/** When a visitor's history first lets a campaign pass; null when time alone never does. */
export type NotBefore = (campaign: Campaign) => EpochMs | null;

/**
 * What `facts` call for at `clock.now`; the time-driven facts are taken from the clock.
 *
 * @param notBefore asked for campaigns that time could bring about, so that a cool-down delays their wake
 */
export function judge(
  site: CompiledSite,
  facts: object,
  clock: Clock,
  notBefore: NotBefore = () => clock.now,
): Judgement {
  const present = factsAt(facts, clock, clock.now);
  const asked = site.asked(pagePath(facts), eventName(facts)).sort((a, b) => a.rank - b.rank);
  const candidates: Candidate[] = [];
  let wakeAt: EpochMs | null = null;
  for (const each of asked) {
    if (each.schedule.isOpen(clock.now) && each.test(present)) candidates.push(candidateOf(each, present));
    else wakeAt = earlier(wakeAt, nextPassable(each, facts, clock, notBefore));
  }
  return {
    candidates,
    eligible: candidates.length > 0,
    wakeAfterMs: wakeAt === null ? null : wakeAt - clock.now,
    unreadable: site.unreadable,
  };
}

/**
 * How many milliseconds after `clock.now` a campaign that a gate shut out until `notBefore` could be offered, with its
 * condition and schedule; null when time alone does not bring it about.
 */
export function wakeAfterGate(
  site: CompiledSite,
  campaign: string,
  facts: object,
  clock: Clock,
  notBefore: EpochMs,
): number | null {
  const compiled = site.byId.get(campaign);
  const at = compiled ? nextChance(compiled, facts, clock, notBefore) : null;
  return at === null ? null : at - clock.now;
}

function nextPassable(
  each: CompiledCampaign,
  facts: object,
  clock: Clock,
  notBefore: NotBefore,
): EpochMs | null {
  const chance = nextChance(each, facts, clock, clock.now);
  if (chance === null) return null;
  const passable = notBefore(each.campaign);
  if (passable === null || passable <= chance) return passable === null ? null : chance;
  return nextChance(each, facts, clock, passable);
}

function nextChance(each: CompiledCampaign, facts: object, clock: Clock, notBefore: EpochMs): EpochMs | null {
  const { timing, schedule } = each;
  const moves = timing.local || timing.seconds.length > 0 || schedule.restricts || notBefore > clock.now;
  if (!moves) return null;
  return earliestTrue(each, facts, clock, (at) => schedule.openFrom(Math.max(at, notBefore)));
}

function candidateOf({ campaign, condition, schedule }: CompiledCampaign, facts: object): Candidate {
  const reasons = reasonsFor(condition, facts);
  return {
    campaign: campaign.id,
    phase: campaign.phase,
    reasons: schedule.restricts ? [...reasons, "the schedule is open"] : reasons,
  };
}

function earlier(a: EpochMs | null, b: EpochMs | null): EpochMs | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
