/**
 * How long somebody has waited, and how bad that is.
 *
 * Pure: the caller passes `now` and the target.
 *
 * Shapes  `Wait` is what a queue row draws: a clock, a level, and a bar with its tick.
 * Units   `now` is EpochMs, waits and targets are seconds; `fill` and `tick` are shares of the bar from 0 to 1.
 */
import type { EpochMs } from "../../../domain/ids.ts";

export type WaitLevel = "calm" | "soon" | "late";
export type Wait = { seconds: number; clock: string; level: WaitLevel; fill: number; tick: number };

/** The bar is this many targets long, so that the tick at one target stands inside it. */
const BAR_TARGETS = 1.5;
/** A wait turns amber at this share of its target. */
const SOON_SHARE = 0.5;

/** Whole seconds from the ISO time `since` to `now`; a clock that runs behind gives 0, never less. */
export function secondsSince(since: string, now: EpochMs): number {
  const from = Date.parse(since);
  return Number.isNaN(from) ? 0 : Math.max(0, Math.floor((now - from) / 1_000));
}

/** `seconds` as a clock: "0:47", "12:05", "1:02:03". */
export function clockOf(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3_600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = String(whole % 60).padStart(2, "0");
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${String(minutes).padStart(2, "0")}:${rest}`;
}

/** Calm before half the target, soon from half, late past it. */
export function levelOf(seconds: number, targetSeconds: number): WaitLevel {
  if (seconds > targetSeconds) return "late";
  return seconds >= targetSeconds * SOON_SHARE ? "soon" : "calm";
}

/** What a queue row draws of a wait that began at `since`. */
export function waitOf(since: string, now: EpochMs, targetSeconds: number): Wait {
  const seconds = secondsSince(since, now);
  const whole = Math.max(1, targetSeconds) * BAR_TARGETS;
  return {
    seconds,
    clock: clockOf(seconds),
    level: levelOf(seconds, targetSeconds),
    fill: Math.min(1, seconds / whole),
    tick: 1 / BAR_TARGETS,
  };
}
