/**
 * What a site offers its visitors when somebody is free, when all are busy and when nobody is there; and its call-backs.
 *
 * Shapes  actions are in the order in which they are shown; a state without a list has the usual ones.
 *         `hours` are those of a skill and hold instead of the site's; hours are schema.org's.
 * Units   named in the keys.
 */
import * as z from "zod";
import { OpeningHours } from "../site/opening-hours.ts";
import { ACTIONS } from "./actions.ts";

const Actions = z
  .array(z.enum(ACTIONS))
  .min(1, "at least one; `hide` for nothing at all")
  .max(ACTIONS.length)
  .refine((actions) => new Set(actions).size === actions.length, "an action is named once")
  .refine(
    (actions) => !actions.includes("hide") || actions.length === 1,
    "`hide` shows nothing, so it stands alone",
  );

export const AvailabilitySettings = z.object({
  online: Actions.nullish(),
  busy: Actions.nullish(),
  closed: Actions.nullish(),
  hours: z.record(z.string().min(1).max(60), z.array(OpeningHours).min(1).max(100)).nullish(),
  /** With so many waiting, nobody else is asked to wait. */
  max_queue: z.int().min(1).max(10_000).nullish(),
  max_wait_seconds: z.int().min(10).max(86_400).nullish(),
});
export type AvailabilitySettings = z.infer<typeof AvailabilitySettings>;

export const CallbackSettings = z.object({
  enabled: z.boolean().default(true),
  /** How long one call is reckoned to be. */
  slot_minutes: z.int().min(5).max(240).default(30),
  /** How many are called in one slot. */
  capacity: z.int().min(1).max(1_000).default(1),
  horizon_days: z.int().min(1).max(60).default(7),
  /** The first slot begins at least so long from now. */
  lead_minutes: z.int().min(0).max(10_080).default(30),
  /** When calls are made; none: in the site's hours, and where it has none, on weekdays from 9 to 18. */
  hours: z.array(OpeningHours).max(100).default([]),
  /** How many a visitor may have coming. */
  per_visitor: z.int().min(1).max(100).default(2),
  per_address_hour: z.int().min(1).max(100_000).default(10),
});
export type CallbackSettings = z.infer<typeof CallbackSettings>;
