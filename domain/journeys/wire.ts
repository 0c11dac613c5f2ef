/**
 * Funnels, ways and the map of a journey as the API answers them, and as the admin reads them.
 *
 * Units   moments are ISO 8601, shares from 0 to 1, durations in seconds, satisfaction from 1 to 5, effort from 1 to 7.
 */
import * as z from "zod";
import { DifferenceWire } from "../overview/difference.ts";

const number = z.number().nullable();
const Interval = z.tuple([z.number(), z.number()]).readonly().nullable();

export const Figure = z.object({
  value: number,
  numerator: number,
  denominator: number,
  n: z.number(),
  interval: Interval,
});
export type WireFigure = z.infer<typeof Figure>;

/** A difference of two shares. */
const Difference = z.object({ value: z.number(), interval: Interval });

const FunnelStep = z.object({
  key: z.string(),
  name: z.string(),
  /** Visits that came to this step, or to a later one. */
  visits: z.int(),
  /** Of those that began the funnel. */
  reached: Figure,
  /** Of this step's, those that came to a later one; null for the last step. */
  passing: Figure.nullable(),
  left: z.int(),
  /** Where those that did not go on went next: no page where the visit ended there. */
  next: z.array(z.object({ page: z.string().nullable(), visits: z.int(), share: Figure })),
  /** Median from the step before, of visits that went straight from that one to this; null for the first step. */
  seconds: Figure.nullable(),
  /** The share that went on in the span before, and how it has changed since; null where nobody asked. */
  before: Figure.nullable(),
  change: Difference.nullable(),
});
const FunnelDevice = z.object({
  device: z.string(),
  steps: z.array(z.object({ visits: z.int(), passing: Figure.nullable() })),
});
export const FunnelResults = z.object({
  from: z.string(),
  to: z.string(),
  timezone: z.string(),
  /** Until when history is in these figures. */
  counted_at: z.string(),
  /** All visits that began in the span and are over, whether they came to the funnel or not. */
  visits: z.int(),
  steps: z.array(FunnelStep),
  devices: z.array(FunnelDevice),
  /** Where one kind of device goes on less often than the others, beyond chance: the place that loses the most by it. */
  gap: z
    .object({
      step: z.string(),
      device: z.string(),
      passing: Figure,
      others: Figure,
      difference: Difference,
      /** Visits that would have gone on as often as on the others. */
      visits: z.number(),
    })
    .nullable(),
  compared: z
    .object({ from: z.string(), to: z.string(), visits: z.int(), steps: z.array(z.int()) })
    .nullable(),
});
export type FunnelResults = z.infer<typeof FunnelResults>;

const Node = z.object({
  id: z.string(),
  position: z.int(),
  kind: z.enum(["page", "others", "bought", "left"]),
  page: z.string().nullable(),
  visits: z.int(),
});
const Link = z.object({ source: z.string(), target: z.string(), visits: z.int() });
export const Ways = z.object({ visits: z.int(), nodes: z.array(Node), links: z.array(Link) });
export type Ways = z.infer<typeof Ways>;

const AbandonedNow = z.object({
  page: z.string(),
  seen: z.int(),
  ended: z.int(),
  lost: z.int(),
  /** Visits that ended here without an order, of those that saw the page. */
  rate: Figure,
  /** Of all visits that ended without an order. */
  share: Figure,
});
export type AbandonedNow = z.infer<typeof AbandonedNow>;
const Abandoned = AbandonedNow.extend({
  /** In the span before, where it is asked for; by how much the rate differs, judged with that of the other pages. */
  before: z.object({ seen: z.int(), lost: z.int(), rate: Figure }).nullable(),
  difference: DifferenceWire.nullable(),
});
export type Abandoned = z.infer<typeof Abandoned>;

const MissingNow = z.object({
  page: z.string(),
  visits: z.int(),
  /** A page of the site begins with a slash; anything else is another site; null where nothing is known. */
  from: z.array(z.object({ from: z.string().nullable(), visits: z.int() })),
});
export type MissingNow = z.infer<typeof MissingNow>;
const Missing = MissingNow.extend({
  /** Visits that missed it in the span before, where that is asked for. */
  before: z.int().nullable(),
});
export type Missing = z.infer<typeof Missing>;

/** What is reached against what the site wants; null where it wants nothing. */
const Aim = z.object({ target: z.number(), present: number, gap: number }).nullable();
const Importance = z.object({ value: number, source: z.enum(["entered", "measured"]) });
const StageNow = z.object({
  key: z.string(),
  name: z.string(),
  visits: z.int(),
  passing: Figure.nullable(),
  left: z.int(),
  chats: z.int(),
  /** Conversations begun at this stage, of visits that came to it. */
  asking: Figure,
  /** Mean answers; without a value where fewer than 30 answered. */
  satisfaction: Figure,
  effort: Figure,
  /** Each from 0 to 1. */
  importance: z.object({ business: Importance, customer: Importance }),
  aims: z.object({ passing: Aim, satisfaction: Aim, effort: Aim }),
});
export type StageNow = z.infer<typeof StageNow>;
const Stage = StageNow.extend({
  /** What it was in the span before, where that is asked for. */
  before: z
    .object({
      visits: z.int(),
      chats: z.int(),
      passing: Figure.nullable(),
      satisfaction: Figure,
      effort: Figure,
    })
    .nullable(),
  /** By how much each differs, judged with those of all stages of the map. */
  differences: z
    .object({
      passing: DifferenceWire.nullable(),
      satisfaction: DifferenceWire.nullable(),
      effort: DifferenceWire.nullable(),
    })
    .nullable(),
});
export type WireStage = z.infer<typeof Stage>;
export const JourneyMap = z.object({
  /** Null for the shop's own checkout, which nobody has entered. */
  id: z.string().nullable(),
  key: z.string(),
  name: z.string(),
  stages: z.array(Stage),
});
export type JourneyMap = z.infer<typeof JourneyMap>;

export const Journeys = z.object({
  from: z.string(),
  to: z.string(),
  timezone: z.string(),
  counted_at: z.string(),
  /** Visits that began in the span and are over. */
  visits: z.int(),
  ways: Ways,
  abandoned: z.array(Abandoned),
  not_found: z.array(Missing),
  maps: z.array(JourneyMap),
  /** The span before, and its visits; null where nobody asks for it. */
  compared: z.object({ from: z.string(), to: z.string(), visits: z.int() }).nullable(),
});
export type Journeys = z.infer<typeof Journeys>;
