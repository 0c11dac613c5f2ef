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
import { type CampaignIndex, indexByNeed } from "./campaign-index.ts";
import { type Leaf, leafProblems, type Problem, readCondition } from "./condition.ts";
import { segmentKeyOf } from "./fact-names.ts";
import { type DeskFact, deskFactsOf } from "./freer-desk.ts";
import { isTimedFact, moves, type RowCondition, type RowSegment, SiteRows } from "./moment.ts";
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
  schedule: OpenTimes;
  plan: Plan;
  rows: RowCondition;
  /** What it asks of the desk, the segments it asks about included. */
  desk: DeskFact[];
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
  const { campaigns, unreadable } = compileCampaigns(published, read, rows);
  const stays = staysIn(rows);
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
    exclusion: timingOf(excluding.flatMap(({ compiled }) => compiled.reach)),
    asked: indexByNeed(campaigns, {
      slotOf: (path) => rows.slotOf(path),
      value: (row, slot) => rows.value(row, slot),
      stays,
    }),
  };
}

function bySegmentOrder({ segment: a }: CompiledSegment, { segment: b }: CompiledSegment): number {
  return b.priority - a.priority || (a.key < b.key ? -1 : Number(a.key > b.key));
}

function compileCampaigns(
  { campaigns, settings }: PublishedSite,
  segments: Segments,
  rows: SiteRows,
): { campaigns: CompiledCampaign[]; unreadable: Unreadable[] } {
  const compiled: CompiledCampaign[] = [];
  const unreadable: Unreadable[] = [];
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
    compiled.push({
      campaign,
      condition: campaign.condition,
      rank: 0,
      expectedValue: expectedValueOf(campaign, paths, segments),
      test,
      leaves,
      timing,
      timed: isTimed(timing),
      schedule: scheduleOf(campaign),
      plan,
      rows: rows.compile(plan),
      desk: deskFactsOf(reach, (path) => rows.slotOf(path)),
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

/** Which facts may name a drawer: those of the event too, whose drawers are opened for a `Wake` as well. */
function staysIn(rows: SiteRows): (path: string) => boolean {
  const moving = new Set(
    rows.segments.filter((each) => each.moves).map(({ compiled }) => `segment.${compiled.segment.key}`),
  );
  return (path) => !isTimedFact(path) && (path.startsWith("event.") || !moves(path)) && !moving.has(path);
}
