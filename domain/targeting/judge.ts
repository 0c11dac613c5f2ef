/**
 * The judgement of one event: which live campaigns match a visitor now, which segments he is in, and when time alone
 * could change that.
 *
 * Shapes  `compileSite` is called once for each published version; `judge` at every request that can show something.
 *         A campaign or a segment whose condition cannot be read is left out whole, and reported.
 * Units   `wakeAfterMs` is milliseconds from `clock.now`, always above 0; `expectedValue` is money in the site's currency.
 */
import type { EpochMs, SiteKey } from "../ids.ts";
import type { Segment } from "../site/resources.ts";
import type { Campaign, PublishedSite } from "./campaign.ts";
import { type CampaignIndex, indexByNeed } from "./campaign-index.ts";
import { type Leaf, type Problem, readCondition } from "./condition.ts";
import type { Candidate } from "./decision.ts";
import { readerOf } from "./fact-values.ts";
import { type OpenTimes, readSchedule } from "./schedule.ts";
import { type Clock, earliestTrue, factsAt, type Timing, timingOf } from "./time-driven.ts";

export type CompiledCampaign = {
  campaign: Campaign;
  condition: Campaign["condition"];
  /** Its place in the order of arbitration, 0 first. */
  rank: number;
  expectedValue: number;
  test: (facts: object) => boolean;
  leaves: readonly Leaf[];
  timing: Timing;
  schedule: OpenTimes;
};

export type CompiledSegment = {
  segment: Segment;
  test: (facts: object) => boolean;
  leaves: readonly Leaf[];
};

export type CompiledSite = {
  site: SiteKey;
  version: number;
  timezone: string;
  /** In the order of arbitration. */
  byId: ReadonlyMap<string, CompiledCampaign>;
  /** By key, the higher priority first, then the lower key. */
  segments: ReadonlyMap<string, CompiledSegment>;
  asked: CampaignIndex<CompiledCampaign>;
  unreadable: Unreadable[];
  unreadableSegments: UnreadableSegment[];
};

export type Unreadable = { campaign: string; problems: Problem[] };
export type UnreadableSegment = { segment: string; problems: Problem[] };

export type Judgement = {
  /** What matches now, whatever the schedules say, in the order of arbitration. */
  candidates: Candidate[];
  /** The keys of the segments that hold. */
  segments: string[];
  /** The first segment that holds and whose visitors are left alone. */
  excludedBy: string | null;
  /** When time alone first brings a campaign whose condition or schedule says no now. */
  wakeAfterMs: number | null;
  /** Whether a campaign that could be offered now lacks nothing but a free agent. */
  deskMissing: boolean;
  unreadable: Unreadable[];
};

/** Reads every segment and every live campaign of `published`. */
export function compileSite(published: PublishedSite): CompiledSite {
  const { timezone } = published.settings;
  const { segments, unreadableSegments } = compileSegments(published.segments);
  const live = published.campaigns.filter(({ status }) => status === "live");
  const compiled: Omit<CompiledCampaign, "rank">[] = [];
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
      expectedValue: expectedValueOf(campaign, read.paths, segments),
      test: read.test,
      leaves: read.leaves,
      timing: timingOf(read.leaves),
      schedule: readSchedule(campaign.schedule, published.settings),
    });
  }
  const ranked = compiled.sort(byArbitration).map((each, rank) => ({ ...each, rank }));
  return {
    site: published.site,
    version: published.version,
    timezone,
    byId: new Map(ranked.map((each) => [each.campaign.id, each])),
    segments,
    asked: indexByNeed(ranked),
    unreadable,
    unreadableSegments,
  };
}

function compileSegments(list: readonly Segment[]): Pick<CompiledSite, "segments" | "unreadableSegments"> {
  const segments = new Map<string, CompiledSegment>();
  const unreadableSegments: UnreadableSegment[] = [];
  for (const segment of list.toSorted((a, b) => b.priority - a.priority || (a.key < b.key ? -1 : 1))) {
    const read = readCondition(segment.condition);
    if (read.ok) segments.set(segment.key, { segment, test: read.test, leaves: read.leaves });
    else unreadableSegments.push({ segment: segment.key, problems: read.problems });
  }
  return { segments, unreadableSegments };
}

/** A campaign's own value, else the highest among the segments it asks about. */
function expectedValueOf(
  { value }: Campaign,
  paths: readonly string[],
  segments: ReadonlyMap<string, CompiledSegment>,
): number {
  const asked = paths.map((path) => segments.get(path.slice("segment.".length))?.segment.value ?? 0);
  return value ?? Math.max(0, ...asked);
}

/** Higher priority first, then the higher expected value, then the lower id: one and the same order everywhere. */
function byArbitration(a: Omit<CompiledCampaign, "rank">, b: Omit<CompiledCampaign, "rank">): number {
  if (a.campaign.priority !== b.campaign.priority) return b.campaign.priority - a.campaign.priority;
  if (a.expectedValue !== b.expectedValue) return b.expectedValue - a.expectedValue;
  return a.campaign.id < b.campaign.id ? -1 : Number(a.campaign.id > b.campaign.id);
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
  const held = [...site.segments.values()].filter(({ test }) => test(present));
  const segment = Object.fromEntries(held.map((each) => [each.segment.key, true]));
  const asked = site.asked(pagePath(facts), eventName(facts)).sort((a, b) => a.rank - b.rank);
  const candidates: Candidate[] = [];
  let wakeAt: EpochMs | null = null;
  for (const each of asked) {
    const holds = each.test({ ...present, segment });
    if (holds) candidates.push(candidateOf(each));
    if (!holds || !each.schedule.isOpen(clock.now))
      wakeAt = earlier(wakeAt, nextPassable(each, facts, clock, notBefore));
  }
  return {
    candidates,
    segments: held.map((each) => each.segment.key),
    excludedBy: held.find((each) => each.segment.exclude)?.segment.key ?? null,
    wakeAfterMs: wakeAt === null ? null : wakeAt - clock.now,
    deskMissing: false,
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

function candidateOf({ campaign, expectedValue }: CompiledCampaign): Candidate {
  return { campaign: campaign.id, phase: campaign.phase, expectedValue };
}

function earlier(a: EpochMs | null, b: EpochMs | null): EpochMs | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
