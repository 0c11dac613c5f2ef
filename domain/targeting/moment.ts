/**
 * One moment of a visitor as a row of facts, and the same moment moved: later by time alone, or with a freer desk.
 *
 * Shapes  a later moment is judged as the `Wake` that will come then (`time-driven.ts`). Segments that hang on what was
 *         moved are read anew when something asks for them.
 */
import type { EpochMs } from "../ids.ts";
import type { Leaf } from "./condition.ts";
import { segmentKeyOf } from "./fact-names.ts";
import { copyOf, FactSlots, type FactRow, OPEN, type RowTest, type RowThree, UNREAD } from "./fact-row.ts";
import { compileTest, compileThree, MAYBE, type Plan, YES } from "./plan.ts";
import type { CompiledSegment, Segments } from "./segments.ts";
import { type Clock, HORIZON_MS, SECONDS_FACTS, secondsAt, WAKE_EVENT, wallOf } from "./time-driven.ts";

const LOCAL_FACTS = ["time.hour", "time.weekday"];
const TIMED: ReadonlySet<string> = new Set([...LOCAL_FACTS, ...SECONDS_FACTS.map(({ path }) => path)]);
const EVENT = "event.";
const DESK = "desk.";

export const isTimedFact = (path: string) => TIMED.has(path);
const isEventFact = (path: string) => path.startsWith(EVENT);
const isDeskFact = (path: string) => path.startsWith(DESK);

/** Both answers of one condition about rows; the second is compiled when it is first asked. */
export type RowCondition = { test: RowTest; three: RowThree };

export type RowSegment = RowCondition & { compiled: CompiledSegment; slot: number; moves: boolean };

/** What of a site a moment needs: its slots, and which of them move. */
export class SiteRows {
  readonly #slots = new FactSlots();
  readonly #segments: RowSegment[];
  readonly #moving: RowSegment[];
  readonly #movingSegments = new Set<string>();
  #moved: MovingSlots | null = null;

  constructor(segments: Segments) {
    // In their order each stands after those it asks about.
    this.#segments = [...segments.values()].map((compiled) => this.#rowSegment(compiled));
    this.#moving = this.#segments.filter((segment) => segment.moves);
  }

  get segments(): readonly RowSegment[] {
    return this.#segments;
  }

  /** In the order of dependence: the slots of those it asks about are there. */
  #rowSegment(compiled: CompiledSegment): RowSegment {
    const condition = this.compile(compiled.plan);
    const path = `segment.${compiled.segment.key}`;
    const isMoving = this.isMoving(compiled.plan);
    if (isMoving) this.#movingSegments.add(path);
    return { ...condition, compiled, slot: this.#slots.of(path, condition.test), moves: isMoving };
  }

  /** Whether a fact is something else at a later moment or with another desk, though nothing happens. */
  moves(path: string): boolean {
    return isTimedFact(path) || isEventFact(path) || isDeskFact(path) || this.#movingSegments.has(path);
  }

  isMoving(plan: Plan): boolean {
    switch (plan.kind) {
      case "leaf":
        return this.moves(plan.path);
      case "not":
        return this.isMoving(plan.part);
      default:
        return plan.parts.some((part) => this.isMoving(part));
    }
  }

  compile(plan: Plan): RowCondition {
    const test = compileTest(plan, (leaf) => this.#slots.testOf(leaf.path, leaf.test));
    let three: RowThree | null = null;
    return {
      test,
      three: (row) => {
        three ??= compileThree(plan, ({ path, test: ofValue }) =>
          this.#slots.threeOf(path, ofValue, segmentKeyOf(path) === null ? null : [true, false]),
        );
        return three(row);
      },
    };
  }

  slotOf(path: string): number {
    return this.#slots.of(path);
  }

  value(row: FactRow, slot: number): unknown {
    return this.#slots.value(row, slot);
  }

  /** The slots among `leaves` that `which` names. */
  slotsOf(leaves: readonly Leaf[], which: (path: string) => boolean): number[] {
    const paths = new Set(leaves.map(({ path }) => path).filter(which));
    return [...paths].map((path) => this.slotOf(path));
  }

  /** What `facts` are at `clock.now`. */
  now(facts: object, clock: Clock): FactRow {
    const row = this.#slots.rowOf(facts);
    this.#setTime(row, clock, clock.now);
    return row;
  }

  /** What they are later, for the `Wake` that comes then; to be moved to its moment. */
  later(present: FactRow, clock: Clock): FactRow {
    const row = copyOf(present);
    for (const { slot, value } of this.#known.events) row.values[slot] = value;
    this.moveTo(row, clock, clock.now);
    return row;
  }

  moveTo(row: FactRow, clock: Clock, at: EpochMs): void {
    this.#setTime(row, clock, at);
    this.forget(row);
  }

  /** Lets the segments that move be read anew. */
  forget({ values }: FactRow): void {
    for (const { slot } of this.#moving) values[slot] = UNREAD;
  }

  /** `row` with time or the desk left open, and so the segments that hang on them. */
  opened(row: FactRow, which: "time" | "desk"): FactRow {
    const open = copyOf(row);
    for (const slot of this.#known[which]) open.values[slot] = OPEN;
    for (const { slot, three } of this.#moving) {
      const answer = three(open);
      open.values[slot] = answer === MAYBE ? OPEN : answer === YES;
    }
    return open;
  }

  #setTime({ values }: FactRow, clock: Clock, at: EpochMs): void {
    const { seconds, hour, weekday } = this.#known;
    for (const { slot, clock: name } of seconds) values[slot] = secondsAt(clock, name, at) ?? UNREAD;
    if (hour === undefined && weekday === undefined) return;
    const local = wallOf(clock.timezone, clock.now, clock.now + HORIZON_MS).local(at);
    if (hour !== undefined) values[hour] = local.hour;
    if (weekday !== undefined) values[weekday] = local.weekday;
  }

  /** Which slots move, looked up once all conditions are compiled. */
  get #known(): MovingSlots {
    const { all } = this.#slots;
    if (this.#moved === null || this.#moved.of !== all.size) this.#moved = movingSlots(all);
    return this.#moved;
  }
}

type MovingSlots = {
  /** How many slots there were. */
  of: number;
  time: number[];
  desk: number[];
  /** What the facts of an event are for a `Wake`. */
  events: { slot: number; value: string | null }[];
  seconds: { slot: number; clock: (typeof SECONDS_FACTS)[number]["clock"] }[];
  hour: number | undefined;
  weekday: number | undefined;
};

function movingSlots(all: ReadonlyMap<string, number>): MovingSlots {
  const slots = [...all];
  const named = (which: (path: string) => boolean) => slots.filter(([path]) => which(path));
  return {
    of: all.size,
    time: named(isTimedFact).map(([, slot]) => slot),
    desk: named(isDeskFact).map(([, slot]) => slot),
    events: named(isEventFact).map(([path, slot]) => ({
      slot,
      value: path === "event.name" ? WAKE_EVENT : null,
    })),
    seconds: SECONDS_FACTS.flatMap(({ path, clock }) => {
      const slot = all.get(path);
      return slot === undefined ? [] : [{ slot, clock }];
    }),
    hour: all.get("time.hour"),
    weekday: all.get("time.weekday"),
  };
}
