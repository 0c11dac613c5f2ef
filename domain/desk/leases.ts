/** Places that are kept free for a decision until its visitor answers. */
import type { EpochMs } from "../ids.ts";
import { pick } from "./capacity.ts";
import type { Desk, Hold } from "./desk.ts";
import { dropHold, putHold } from "./entries.ts";

export const HOLD_MS = 60_000;

/**
 * Hold a place that is free now for `decisionId`; the same decision gets the same place. An offer that is shown only
 * after `delayMs` holds it so much longer.
 */
export function hold(
  desk: Desk,
  request: { decisionId: string; skill: string | null; delayMs?: number },
  now: EpochMs,
): { desk: Desk; hold: Hold | null } {
  const known = desk.holds.get(request.decisionId);
  if (known !== null && known.expiresAt > now) return { desk, hold: known };
  const agent = pick(desk, { skill: request.skill }, now);
  if (agent === null) return { desk, hold: null };
  const expiresAt = now + (request.delayMs ?? 0) + HOLD_MS;
  const made = { decisionId: request.decisionId, agent: agent.id, expiresAt };
  return { desk: putHold(desk, made), hold: made };
}

/** Whether a place is held for `decisionId` at `now`. */
export function isHeld(desk: Desk, decisionId: string, now: EpochMs): boolean {
  return (desk.holds.get(decisionId)?.expiresAt ?? now) > now;
}

/** Hold a place that is still held for another `HOLD_MS` at least; one that has lapsed stays lapsed. */
export function prolong(desk: Desk, decisionId: string, now: EpochMs): Desk {
  const known = desk.holds.get(decisionId);
  if (known === null || known.expiresAt <= now || known.expiresAt >= now + HOLD_MS) return desk;
  return putHold(desk, { ...known, expiresAt: now + HOLD_MS });
}

/**
 * The visitor has accepted: hold their place for another `HOLD_MS`. One that has lapsed is taken again where `again`
 * says so and a place is free now.
 */
export function renew(
  desk: Desk,
  { again, ...request }: { decisionId: string; skill: string | null; again: boolean },
  now: EpochMs,
): Desk {
  if (isHeld(desk, request.decisionId, now)) return prolong(desk, request.decisionId, now);
  return again ? hold(desk, request, now).desk : desk;
}

/** Give a held place back. */
export function release(desk: Desk, decisionId: string): Desk {
  return dropHold(desk, decisionId);
}
