/**
 * A site's published configuration, compiled once for each version: segments, live campaigns in their order, and the
 * index that says which of them are worth asking.
 *
 * Errors  a campaign or a segment that could not be saved as it is (an operator or a fact that is not known, an
 *         expression that could cost too much) is left out whole and reported; so is a campaign that asks about a
 *         segment that was left out.
 */
import type { SiteKey } from "../ids.ts";
import type { Campaign, PublishedSite } from "./campaign.ts";
import { type CampaignIndex, indexByNeed, shareOf } from "./campaign-index.ts";
import { type Leaf, leafProblems, type Problem, readCondition } from "./condition.ts";
import { segmentKeyOf } from "./fact-names.ts";
import { type DeskFact, deskFactsOf } from "./freer-desk.ts";
import type { RowTest } from "./fact-row.ts";
import { isTimedFact, type RowCondition, type RowSegment, SiteRows } from "./moment.ts";
import type { Plan } from "./plan.ts";
import { type OpenTimes, readSchedule } from "./schedule.ts";
import {
  type CompiledSegment,
  reachOf,
  readSegments,
  type Segments,
  type UnreadableSegment,
} from "./segments.ts";
import { isTimed, type Timing, timingOf } from "./time-driven.ts";

export type CompiledCampaign = {
  campaign: Campaign;
  condition: Campaign["condition"];
  /** Its place in the order of arbitration, 0 first. */
  rank: number;
  expectedValue: number;
  /** Whether the condition holds for facts as they are; what they claim of segments is not asked. */
  test: (facts: object) => boolean;
  leaves: readonly Leaf[];
  /** How time can move the condition, the segments it asks about included. */
  timing: Timing;
  timed: boolean;
  /** The same beside how time can move the segments that are left alone. */
  timings: readonly Timing[];
  schedule: OpenTimes;
  plan: Plan;
  /** What of the condition nothing moves, and what time, the event or the desk do: both must hold. */
  still: RowTest;
  moving: RowCondition;
  /** Whether more than time moves it: the event, the desk or a segment. */
  hangsOnMore: boolean;
  rows: { test: RowTest };
  /** What it asks of the desk, with the segments it asks about and those that are left alone. */
  desk: DeskFact[];
  /** Whether it can come true though nothing happens: by time, or by a free agent. */
  waits: boolean;
};

export type CompiledSite = {
  site: SiteKey;
  version: number;
  timezone: string;
  /** In the order of arbitration. */
  byId: ReadonlyMap<string, CompiledCampaign>;
  /** By key, the higher priority first, then the lower key. */
  segments: Segments;
  unreadable: Unreadable[];
  unreadableSegments: UnreadableSegment[];
  rows: SiteRows;
  /** As `segments`, the ones that are left alone apart. */
  rowSegments: readonly RowSegment[];
  excluding: readonly RowSegment[];
  /** How time can move those that are left alone. */
  exclusion: Timing;
  asked: CampaignIndex<CompiledCampaign>;
};

export type Unreadable = { campaign: string; problems: Problem[] };

/** Reads every segment and every live campaign of `published`. */
export function compileSite(published: PublishedSite): CompiledSite {
  const { segments: read, unreadable: unreadableSegments } = readSegments(published.segments);
  const rows = new SiteRows(read);
  const rowSegments = rows.segments.toSorted((a, b) => bySegmentOrder(a.compiled, b.compiled));
  const excluding = rowSegments.filter(({ compiled }) => compiled.segment.exclude);
  const leftAlone = excluding.flatMap(({ compiled }) => compiled.reach);
  const { campaigns, unreadable } = compileCampaigns(published, { segments: read, rows, leftAlone });
  return {
    site: published.site,
    version: published.version,
    timezone: published.settings.timezone,
    byId: new Map(campaigns.map((each) => [each.campaign.id, each])),
    segments: new Map(rowSegments.map(({ compiled }) => [compiled.segment.key, compiled])),
    unreadable,
    unreadableSegments,
    rows,
    rowSegments,
    excluding,
    exclusion: timingOf(leftAlone),
    asked: indexByNeed(campaigns, {
      slotOf: (path) => rows.slotOf(path),
      value: (row, slot) => rows.value(row, slot),
      // Drawers of event facts are opened for a `Wake` too.
      stays: (path) => path.startsWith("event.") || !rows.moves(path),
    }),
  };
}

function bySegmentOrder({ segment: a }: CompiledSegment, { segment: b }: CompiledSegment): number {
  return b.priority - a.priority || (a.key < b.key ? -1 : Number(a.key > b.key));
}

function compileCampaigns(
  { campaigns, settings }: PublishedSite,
  { segments, rows, leftAlone }: { segments: Segments; rows: SiteRows; leftAlone: readonly Leaf[] },
): { campaigns: CompiledCampaign[]; unreadable: Unreadable[] } {
  const compiled: CompiledCampaign[] = [];
  const unreadable: Unreadable[] = [];
  const exclusion = timingOf(leftAlone);
  const excluded = isTimed(exclusion) ? [exclusion] : [];
  const schedules = new Map<string, OpenTimes>();
  const scheduleOf = ({ schedule }: Campaign): OpenTimes => {
    // Campaigns share few schedules, and one remembers the days that it has read.
    const text = JSON.stringify(schedule);
    const known = schedules.get(text) ?? readSchedule(schedule, settings);
    schedules.set(text, known);
    return known;
  };
  for (const campaign of campaigns.filter(({ status }) => status === "live")) {
    const read = readCondition(campaign.condition, { segments });
    const problems = read.ok ? leafProblems(read.leaves) : read.problems;
    if (!read.ok || problems.length > 0) {
      unreadable.push({ campaign: campaign.id, problems });
      continue;
    }
    const { test, leaves, plan, paths } = read;
    const reach = reachOf(leaves, segments);
    const timing = timingOf(reach);
    const timed = isTimed(timing);
    const schedule = scheduleOf(campaign);
    const desk = deskFactsOf([...reach, ...leftAlone], (path) => rows.slotOf(path));
    compiled.push({
      campaign,
      condition: campaign.condition,
      rank: 0,
      expectedValue: expectedValueOf(campaign, paths, segments),
      test,
      leaves,
      timing,
      timed,
      timings: timed ? [timing, ...excluded] : excluded,
      schedule,
      plan,
      ...splitCondition(plan, rows),
      desk,
      waits: timed || schedule.restricts || desk.length > 0,
    });
  }
  compiled.sort(byArbitration);
  for (const [rank, each] of compiled.entries()) each.rank = rank;
  return { campaigns: compiled, unreadable };
}

/** A campaign's own value, else the highest among the segments it asks about. */
function expectedValueOf({ value }: Campaign, paths: readonly string[], segments: Segments): number {
  const asked = paths.map((path) => segments.get(segmentKeyOf(path) ?? "")?.segment.value ?? 0);
  return value ?? Math.max(0, ...asked);
}

/** Higher priority first, then the higher expected value, then the lower id: one and the same order everywhere. */
function byArbitration(a: CompiledCampaign, b: CompiledCampaign): number {
  if (a.campaign.priority !== b.campaign.priority) return b.campaign.priority - a.campaign.priority;
  if (a.expectedValue !== b.expectedValue) return b.expectedValue - a.expectedValue;
  return a.campaign.id < b.campaign.id ? -1 : Number(a.campaign.id > b.campaign.id);
}

/** What nothing moves is asked first: where it is wrong, no later moment has to be looked at. */
function splitCondition(
  plan: Plan,
  rows: SiteRows,
): Pick<CompiledCampaign, "still" | "moving" | "hangsOnMore" | "rows"> {
  const parts: { still: Plan[]; moving: Plan[] } = { still: [], moving: [] };
  for (const part of conjuncts(plan)) parts[rows.isMoving(part) ? "moving" : "still"].push(part);
  const { test: still } = rows.compile({ kind: "all", parts: indexedLast(parts.still) });
  const moving = rows.compile({ kind: "all", parts: parts.moving });
  const hangsOnMore = parts.moving.some((part) => part.kind !== "leaf" || !isTimedFact(part.path));
  return { still, moving, hangsOnMore, rows: { test: (row) => still(row) && moving.test(row) } };
}

/** Whatever was found by a drawer nearly always holds there, so the others have the first word. */
function indexedLast(parts: Plan[]): Plan[] {
  const shares = parts.map((part) => shareOf(part));
  const rarest = shares.indexOf(Math.min(...shares));
  return [...parts.filter((_, index) => index !== rarest), ...parts.slice(rarest, rarest + 1)];
}

/** The parts that must all hold. */
function conjuncts(plan: Plan): Plan[] {
  return plan.kind === "all" ? plan.parts.flatMap(conjuncts) : [plan];
}
