/**
 * Whether a place is free for a skill, as far as the desk's status tells.
 *
 * The same that the desk itself says when it is asked to hold one: agents who have the skill and agents who name none
 * serve it, and a skill that nobody at the site has is asked of everybody.
 */
import type { DeskStatus } from "./wire.ts";

export type FreePlaces = Pick<DeskStatus, "free_slots" | "skills" | "absent_skills">;

/** Whether somebody has a place for a conversation of `skill`; of any, where it is null. */
export function hasFreePlace(
  { free_slots, skills, absent_skills = {} }: FreePlaces,
  skill: string | null,
): boolean {
  if (skill === null) return free_slots > 0;
  for (const known of [skills, absent_skills]) {
    if (Object.hasOwn(known, skill)) return (known[skill] ?? 0) > 0;
  }
  return free_slots > 0;
}
