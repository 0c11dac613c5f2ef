/**
 * A live campaign whose condition was read: its place among the others, and what a judgement asks of it.
 *
 * What is asked is compiled when something first asks: most campaigns of a large site are about pages, events and
 * places that any one isolate hardly sees.
 */
import type { Campaign } from "./campaign.ts";
import { shareOf } from "./campaign-index.ts";
import type { Leaf, ReadableCondition } from "./condition.ts";
import type { RowTest } from "./fact-row.ts";
import { type DeskFact, deskFactsOf } from "./freer-desk.ts";
import { isTimedFact, type RowCondition, type SiteRows } from "./moment.ts";
import type { Plan } from "./plan.ts";
import type { OpenTimes } from "./schedule.ts";
import { reachOf, type Segments } from "./segments.ts";
import { isTimed, type Timing, timingOf } from "./time-driven.ts";

/** What of its site a campaign is compiled with. */
export type CampaignContext = {
  segments: Segments;
  rows: SiteRows;
  /** The leaves of the segments that are left alone, and how time can move them. */
  leftAlone: readonly Leaf[];
  exclusion: Timing;
  scheduleOf: (campaign: Campaign) => OpenTimes;
};

export type CampaignParts = {
  schedule: OpenTimes;
  /** What of the condition nothing moves, and what time, the event or the desk do: both must hold. */
  still: RowTest;
  moving: RowCondition;
  /** Whether more than time moves it: the event, the desk or a segment. */
  hangsOnMore: boolean;
  /** How time can move the condition, the segments it asks about included. */
  timing: Timing;
  timed: boolean;
  /** The same beside how time can move the segments that are left alone. */
  timings: readonly Timing[];
  /** What it asks of the desk, with the segments it asks about and those that are left alone. */
  desk: readonly DeskFact[];
  /** Whether it can come true though nothing happens: by time, or by a free agent. */
  waits: boolean;
};

export class CompiledCampaign {
  readonly campaign: Campaign;
  readonly expectedValue: number;
  /** Whether the condition holds for facts as they are; what they claim of segments is not asked. */
  readonly test: (facts: object) => boolean;
  readonly leaves: readonly Leaf[];
  readonly plan: Plan;
  /** Its place in the order of arbitration, 0 first. */
  rank = 0;
  readonly #context: CampaignContext;
  #parts: CampaignParts | null = null;

  constructor(
    campaign: Campaign,
    { test, leaves, plan }: ReadableCondition,
    expectedValue: number,
    context: CampaignContext,
  ) {
    this.campaign = campaign;
    this.expectedValue = expectedValue;
    this.test = test;
    this.leaves = leaves;
    this.plan = plan;
    this.#context = context;
    // A row that was begun has no place for a fact that is first asked about later.
    for (const { path } of leaves) context.rows.slotOf(path);
  }

  get parts(): CampaignParts {
    this.#parts ??= partsOf(this, this.#context);
    return this.#parts;
  }

  get schedule(): OpenTimes {
    return this.parts.schedule;
  }

  get timing(): Timing {
    return this.parts.timing;
  }

  get timed(): boolean {
    return this.parts.timed;
  }

  /** Whether the condition holds for a row of facts. */
  get rows(): { test: RowTest } {
    const { still, moving } = this.parts;
    return { test: (row) => still(row) && moving.test(row) };
  }
}

function partsOf({ campaign, leaves, plan }: CompiledCampaign, context: CampaignContext): CampaignParts {
  const { segments, rows, leftAlone, exclusion } = context;
  const reach = reachOf(leaves, segments);
  const timing = timingOf(reach);
  const timed = isTimed(timing);
  const excluded = isTimed(exclusion) ? [exclusion] : [];
  const schedule = context.scheduleOf(campaign);
  const desk = deskFactsOf([...reach, ...leftAlone], (path) => rows.slotOf(path));
  return {
    schedule,
    ...splitCondition(plan, rows),
    timing,
    timed,
    timings: timed ? [timing, ...excluded] : excluded,
    desk,
    waits: timed || schedule.restricts || desk.length > 0,
  };
}

/** What nothing moves is asked first: where it is wrong, no later moment has to be looked at. */
function splitCondition(plan: Plan, rows: SiteRows): Pick<CampaignParts, "still" | "moving" | "hangsOnMore"> {
  const parts: { still: Plan[]; moving: Plan[] } = { still: [], moving: [] };
  for (const part of conjuncts(plan)) parts[rows.isMoving(part) ? "moving" : "still"].push(part);
  const { test: still } = rows.compile({ kind: "all", parts: indexedLast(parts.still) });
  const moving = rows.compile({ kind: "all", parts: parts.moving });
  const hangsOnMore = parts.moving.some((part) => part.kind !== "leaf" || !isTimedFact(part.path));
  return { still, moving, hangsOnMore };
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
