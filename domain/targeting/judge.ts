/**
 * The judgement of one event: which live campaigns match a visitor now, which segments he is in, and when time alone
 * could change that.
 *
 * Shapes  `compileSite` is called once for each published version; `judge` at every request that can show something.
 *         What the facts say of time is taken from the clock, and of segments from their conditions.
 * Units   `wakeAfterMs` is milliseconds from `clock.now`, always above 0; `expectedValue` is money in the site's currency.
 */
import type { EpochMs } from "../ids.ts";
import type { Campaign } from "./campaign.ts";
import type { CampaignParts, CompiledCampaign } from "./compiled-campaign.ts";
import type { CompiledSite, Unreadable } from "./compiled-site.ts";
import type { Candidate } from "./decision.ts";
import type { FactRow } from "./fact-row.ts";
import { holdsWithFreerDesk } from "./freer-desk.ts";
import type { RowCondition } from "./moment.ts";
import { NO, YES } from "./plan.ts";
import { type Clock, firstMoment, HORIZON_MS, isTimed, nextChange } from "./time-driven.ts";

export type { CompiledCampaign } from "./compiled-campaign.ts";
export { type CompiledSite, compileSite, type Unreadable } from "./compiled-site.ts";
export type { CompiledSegment, UnreadableSegment } from "./segments.ts";

export type Judgement = {
  /** What matches now, whatever the schedules say, in the order of arbitration. */
  candidates: Candidate[];
  /** The keys of the segments that hold. */
  segments: string[];
  /** The first segment that holds and whose visitors are left alone. */
  excludedBy: string | null;
  /** When time alone first lets a campaign pass whose condition, schedule or exclusion says no now. */
  wakeAfterMs: number | null;
  /** Whether a campaign that could be offered now lacks nothing but a free agent. */
  deskMissing: boolean;
  unreadable: Unreadable[];
};

/** When a visitor's history first lets a campaign pass; null when time alone never does. */
export type NotBefore = (campaign: Campaign) => EpochMs | null;

/**
 * What `facts` call for at `clock.now`.
 *
 * @param notBefore asked for campaigns that time or the desk could bring about, so that a cool-down delays their wake
 */
export function judge(
  site: CompiledSite,
  facts: object,
  clock: Clock,
  notBefore: NotBefore = () => clock.now,
): Judgement {
  const present = site.rows.now(facts, clock);
  const segments = site.rowSegments.filter(({ slot }) => site.rows.value(present, slot) === true);
  const excludedBy = segments.find(({ compiled }) => compiled.segment.exclude) ?? null;
  const matched: CompiledCampaign[] = [];
  const waiting: CompiledCampaign[] = [];
  for (const each of site.asked(present)) {
    const { still, moving, schedule, waits } = each.parts;
    if (!still(present)) continue;
    const holds = moving.test(present);
    if (holds) matched.push(each);
    if (excludedBy !== null || (holds ? !schedule.isOpen(clock.now) : waits)) waiting.push(each);
  }
  const later = new Later(site, present, clock, notBefore);
  const wakeAt = later.firstWake(waiting);
  return {
    candidates: matched.sort((a, b) => a.rank - b.rank).map(candidateOf),
    segments: segments.map(({ compiled }) => compiled.segment.key),
    excludedBy: excludedBy?.compiled.segment.key ?? null,
    wakeAfterMs: wakeAt === null ? null : wakeAt - clock.now,
    deskMissing: later.isDeskMissing(waiting),
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
  if (compiled === undefined) return null;
  const present = site.rows.now(facts, clock);
  if (!compiled.parts.still(present)) return null;
  const later = new Later(site, present, clock, () => clock.now);
  const at = later.nextChance(compiled.parts, notBefore, clock.now + HORIZON_MS);
  return at === null ? null : at - clock.now;
}

function candidateOf({ campaign, expectedValue }: CompiledCampaign): Candidate {
  return { campaign: campaign.id, phase: campaign.phase, expectedValue };
}

/** What time alone, or a freer desk, would make of one moment; each row is built when it is first needed. */
class Later {
  readonly #site: CompiledSite;
  readonly #present: FactRow;
  readonly #clock: Clock;
  readonly #notBefore: NotBefore;
  /** Excluded now, and not for ever: time may bring what nothing of its own moves. */
  readonly #mayBeFreed: boolean;
  #row: FactRow | null = null;
  #timeOpen: FactRow | null = null;
  #deskOpen: FactRow | null = null;
  #leftAlone: boolean | null = null;

  constructor(site: CompiledSite, present: FactRow, clock: Clock, notBefore: NotBefore) {
    this.#site = site;
    this.#present = present;
    this.#clock = clock;
    this.#notBefore = notBefore;
    this.#mayBeFreed = isTimed(site.exclusion) && this.#isExcluded(present);
  }

  /** The first moment at which one of `waiting` passes its condition, its schedule and the visitor's history. */
  firstWake(waiting: readonly CompiledCampaign[]): EpochMs | null {
    const horizon = this.#clock.now + HORIZON_MS;
    let end = horizon;
    for (const each of waiting) end = this.#nextPassable(each, end) ?? end;
    return end === horizon ? null : end;
  }

  #nextPassable(each: CompiledCampaign, end: EpochMs): EpochMs | null {
    const chance = this.nextChance(each.parts, this.#clock.now, end);
    if (chance === null) return null;
    const passable = this.#notBefore(each.campaign);
    if (passable === null || passable <= chance) return passable === null ? null : chance;
    return this.nextChance(each.parts, passable, end);
  }

  /**
   * The first moment from `notBefore` on, after now and before `end`, at which `each`, whose still part holds, holds
   * and may be offered.
   */
  nextChance(each: CampaignParts, notBefore: EpochMs, end: EpochMs): EpochMs | null {
    const { timings, timed, schedule, moving, hangsOnMore } = each;
    const { now } = this.#clock;
    if (!timed && !schedule.restricts && !this.#mayBeFreed && notBefore <= now) return null;
    const first = schedule.openFrom(Math.max(now, notBefore));
    if (first === null || first >= end) return null;
    if (first === now && nextChange(timings, this.#clock, now) >= end) return null;
    if (this.#isLeftAloneForGood()) return null;
    if (hangsOnMore && moving.three(this.#withTimeOpen()) === NO) return null;
    const openFrom = (at: EpochMs) => schedule.openFrom(Math.max(at, notBefore));
    return firstMoment(timings, this.#clock, end, openFrom, (at) => this.#holdsAt(moving, at));
  }

  #holdsAt(moving: RowCondition, at: EpochMs): boolean {
    const row = this.#later();
    this.#site.rows.moveTo(row, this.#clock, at);
    return moving.test(row) && !this.#isExcluded(row);
  }

  /** Whether one of `waiting` could be offered now, were an agent free. */
  isDeskMissing(waiting: readonly CompiledCampaign[]): boolean {
    return waiting.some((each) => each.parts.desk.length > 0 && this.#lacksOnlyTheDesk(each));
  }

  #lacksOnlyTheDesk({ campaign, parts }: CompiledCampaign): boolean {
    const { desk, moving, schedule } = parts;
    const { now } = this.#clock;
    if (moving.test(this.#present) && !this.#isExcluded(this.#present)) return false;
    if (!schedule.isOpen(now) || moving.three(this.#withDeskOpen()) === NO) return false;
    const passable = this.#notBefore(campaign);
    if (passable === null || passable > now) return false;
    const row = this.#later();
    this.#site.rows.moveTo(row, this.#clock, now);
    const passes = (freer: FactRow) => moving.test(freer) && !this.#isExcluded(freer);
    return holdsWithFreerDesk(this.#site.rows, passes, desk, row);
  }

  #isExcluded(row: FactRow): boolean {
    return this.#site.excluding.some(({ slot }) => this.#site.rows.value(row, slot) === true);
  }

  #isLeftAloneForGood(): boolean {
    const { excluding } = this.#site;
    this.#leftAlone ??= excluding.some(({ three }) => three(this.#withTimeOpen()) === YES);
    return this.#leftAlone;
  }

  #later(): FactRow {
    this.#row ??= this.#site.rows.later(this.#present, this.#clock);
    return this.#row;
  }

  #withTimeOpen(): FactRow {
    this.#timeOpen ??= this.#site.rows.opened(this.#later(), "time");
    return this.#timeOpen;
  }

  #withDeskOpen(): FactRow {
    if (this.#deskOpen === null) {
      const row = this.#later();
      this.#site.rows.moveTo(row, this.#clock, this.#clock.now);
      this.#deskOpen = this.#site.rows.opened(row, "desk");
    }
    return this.#deskOpen;
  }
}
