/**
 * A visit's events kept, so that what was known at each of its moments can be told again: why a campaign did or did
 * not engage, and what a draft would have done.
 *
 * The newest `MAX_RECENT` moments are kept; what was folded before them stands in `base`, so that they fold to what
 * they were. Only what `clipMoment` cut is missing.
 *
 * Shapes  `visitAt` tells the visit as it was right after a kept moment; `ReplayRecord` is what history keeps of it.
 * Errors  an index that is not kept, or a record that cannot be read, is null.
 */
import * as z from "zod";
import type { EpochMs } from "../ids.ts";
import { fold, newVisit, nothingFolded } from "./fold.ts";
import { type KnownFacts, knownFacts } from "./known.ts";
import { clipMoment } from "./moment.ts";
import {
  type Folded,
  type KnownExposure,
  MAX_RECENT,
  type Moment,
  newVisitor,
  type Visit,
  type VisitorState,
} from "./state.ts";
import { trailAfter } from "./trail.ts";

/** `visit` with `moment`, which it has folded already, among what it remembers. */
export function remember(visit: Visit, moment: Moment): Visit {
  const recent = [...visit.recent, clipMoment(moment)];
  const [oldest] = recent;
  if (oldest === undefined || recent.length <= MAX_RECENT) return { ...visit, recent };
  return {
    ...visit,
    recent: recent.slice(1),
    trail: trailAfter(visit.trail, oldest),
    base: fold(visit.base ?? nothingFolded(visit.startedAt), oldest),
  };
}

/**
 * `visit` as it was right after the kept moment at `index`. What the judgement noted in it is as it is now: who asks
 * judges again.
 */
export function visitAt(visit: Visit, index: number): Visit | null {
  const recent = visit.recent.slice(0, index + 1);
  if (index < 0 || recent.length !== index + 1) return null;
  const then = recent.reduce<Folded>(fold, visit.base ?? nothingFolded(visit.startedAt));
  return { ...visit, ...then, recent };
}

const instant = z.int();
const text = z.string();
const json = z.record(z.string(), z.json());
const sold = z.object({ orders: z.number(), value: z.number() });
const step = z.object({ funnel: text, step: text, at: z.int() });
const line = z.object({ price: z.number(), quantity: z.number(), name: text.exactOptional() });
const pageView = z.object({
  id: text,
  url: text,
  path: text,
  title: text.nullable(),
  referrer: text.nullable(),
  status: z.number().nullable(),
  startedAt: instant,
  scroll: z.number(),
});

const FoldedSchema = z.object({
  lastAt: instant,
  pages: z.int(),
  events: z.int(),
  views: z.array(pageView),
  cart: z.object({
    lines: z.record(text, line),
    views: z.number(),
    viewsSinceAdd: z.number(),
    currency: text.nullable(),
  }),
  funnel: text.nullable(),
  funnels: z.record(
    text,
    z.object({
      reached: z.array(text),
      reachedAt: z.array(instant).exactOptional(),
      step: text,
      at: z.int(),
    }),
  ),
  form: z
    .object({
      id: text,
      startedAt: instant,
      field: text.nullable(),
      refilled: z.number(),
      abandoned: z.boolean(),
      seconds: z.number().nullable(),
    })
    .nullable(),
  signals: z.record(text, z.number()),
  sold,
});

const MomentSchema = z.object({
  name: text,
  type: z.enum(["page", "track", "identify", "alias", "group", "screen"]),
  at: instant,
  viewId: text.nullable(),
  page: pageView.pick({ url: true, path: true, title: true, referrer: true, status: true }).nullable(),
  properties: json,
  version: z.int(),
  freeSlots: z.int(),
  reached: z.array(step).exactOptional(),
  sold: sold.exactOptional(),
});

/** A visit that has ended, as history keeps it for some weeks: gzipped JSON. */
export const ReplayRecord = z.object({
  v: z.literal(1),
  visit: text,
  startedAt: instant,
  history: z.object({
    visits: z.int(),
    orders: z.int(),
    lifetimeValue: z.number(),
    identified: z.boolean(),
    lastCallOutcome: text.nullable(),
  }),
  arrival: z.object({
    path: text.nullable(),
    referrer: text.nullable(),
    channel: text,
    utm: z.record(text, text),
    searchTerms: text.nullable(),
    affiliate: text.nullable(),
  }),
  device: z.object({
    type: text.nullable(),
    browser: text.nullable(),
    os: text.nullable(),
    language: text.nullable(),
  }),
  place: z.object({ country: text.nullable(), region: text.nullable(), city: text.nullable() }),
  base: FoldedSchema.nullable(),
  moments: z.array(MomentSchema).max(MAX_RECENT),
});
export type ReplayRecord = z.infer<typeof ReplayRecord>;

/** What history keeps of `visit`. */
export function replayOf(visit: Visit): ReplayRecord {
  const { id, startedAt, history, arrival, device, place, base, recent } = visit;
  return { v: 1, visit: id, startedAt, history, arrival, device, place, base, moments: recent };
}

/** `text` as the record that it is the JSON of, or null. */
export function readReplay(source: string): ReplayRecord | null {
  const parsed = ReplayRecord.safeParse(parseJson(source));
  return parsed.success ? parsed.data : null;
}

/** A moment of a replay, and the visitor as he was right after it. */
export type Told = { moment: Moment; state: VisitorState };

/** The kept moments of `replay` in their order; `exposures` are the visitor's, whatever became of them later. */
export function* momentsOf(replay: ReplayRecord, exposures: readonly KnownExposure[] = []): Generator<Told> {
  const { startedAt, moments, base } = replay;
  let folded = base ?? nothingFolded(startedAt);
  for (const moment of moments) {
    folded = fold(folded, moment);
    yield { moment, state: visitorOf(replay, folded, exposures) };
  }
}

/** What was known right after the moment at `index` of `replay`. */
export function factsAt(
  replay: ReplayRecord,
  index: number,
  exposures: readonly KnownExposure[] = [],
): KnownFacts | null {
  const told = [...momentsOf(replay, exposures)][index];
  return told === undefined ? null : knownFacts(told.state, told.moment.viewId, told.moment.at);
}

function visitorOf(
  { visit: id, startedAt, history, arrival, device, place, base, moments }: ReplayRecord,
  folded: Folded,
  exposures: readonly KnownExposure[],
): VisitorState {
  const visit: Visit = {
    ...newVisit({ id, startedAt, arrival, device, place, history }),
    ...folded,
    recent: moments,
    base,
  };
  return {
    ...newVisitor("", "", startedAt),
    visits: history.visits,
    orders: history.orders + folded.sold.orders,
    lifetimeValue: history.lifetimeValue + folded.sold.value,
    userId: history.identified ? "" : null,
    lastCallOutcome: history.lastCallOutcome,
    lastAt: folded.lastAt,
    exposures: exposures.flatMap((exposure) => exposureAt(exposure, folded.lastAt)),
    visit,
  };
}

/** `exposure` as it was known before `at`: what a moment brings about comes after it. */
function exposureAt(exposure: KnownExposure, at: EpochMs): KnownExposure[] {
  if (exposure.eligibleAt >= at) return [];
  const before = (answered: EpochMs | null) => (answered !== null && answered <= at ? answered : null);
  return [
    {
      ...exposure,
      shownAt: before(exposure.shownAt),
      openedAt: before(exposure.openedAt),
      declinedAt: before(exposure.declinedAt),
      ignoredAt: before(exposure.ignoredAt),
      clickedAt: before(exposure.clickedAt),
    },
  ];
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return null;
  }
}
