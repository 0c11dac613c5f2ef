/**
 * What counts as success of a phase of a campaign: an order, or a lead of one goal.
 *
 * Shapes  `PhaseGoal` is what the readings of a phase ask history for; `LeadGoal` is what a visit is told to listen for.
 * Units   money in the site's currency; windows in hours.
 * Errors  none.
 */
import * as z from "zod";
import { Goal } from "./resources.ts";

/** The event that tells a lead wherever a goal names none. */
export const LEAD_EVENT = "Lead Submitted";

/** A goal of leads as it is published: `event` null is `LEAD_EVENT`. */
export const LeadGoal = Goal.pick({ key: true, event: true, value: true });
export type LeadGoal = z.infer<typeof LeadGoal>;

export type LeadOf = Pick<LeadGoal, "key" | "event">;
export type PhaseGoal = { kind: "sale"; lead: null } | { kind: "lead"; lead: LeadOf };

/**
 * What a phase that names the goal `key` is read by: the goal as it was when the phase began, or as it is where nothing
 * was kept of it. One that is gone without a trace is taken for leads, of which nobody says that they sold anything.
 */
export function phaseGoalOf(
  key: string | null | undefined,
  kept: Goal | null,
  present: readonly Goal[],
): PhaseGoal {
  if (key === null || key === undefined) return { kind: "sale", lead: null };
  const goal = kept ?? present.find((one) => one.key === key) ?? null;
  if (goal?.kind === "sale") return { kind: "sale", lead: null };
  return { kind: "lead", lead: { key, event: goal?.event ?? null } };
}

/** Whether a lead that says no goal, told before it could, was one of `goal`: it was told by the one event there was. */
export function isEveryLead({ event }: LeadOf): boolean {
  return (event ?? LEAD_EVENT) === LEAD_EVENT;
}

/** The window of a campaign that names none: its goal's, or the site's where the goal has none of its own. */
export function windowFrom(goal: Pick<Goal, "window_hours">, attributionHours: number): number {
  return goal.window_hours ?? attributionHours;
}
