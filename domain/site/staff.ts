/**
 * What a site says of its people for the desk: their skills and how well they do them, their languages, how many
 * conversations they take.
 */
import * as z from "zod";
import type { Staff } from "../desk/desk.ts";
import { DEFAULT_LEVEL } from "../desk/presence.ts";
import type { Skill } from "./resources.ts";

export const MAX_CAPACITY = 20;

/** "fr", "de" …: what a visitor's locale begins with. */
export const Languages = z
  .array(z.string().regex(/^[a-z]{2,3}$/u, "two or three small letters, such as fr"))
  .max(20)
  .refine((languages) => new Set(languages).size === languages.length, "each language once");
/** How many conversations an agent takes at once; null leaves it at the default. */
export const Capacity = z.int().min(1).max(MAX_CAPACITY).nullable();

export type Member = { id: string; languages: string[]; capacity: number | null };

/** By agent, for all members and for whoever else has a skill here. */
export function staffOf(members: readonly Member[], skills: readonly Skill[]): Record<string, Staff> {
  const levels = new Map<string, Record<string, number>>();
  for (const skill of skills) {
    for (const agent of skill.agents) {
      const level = Object.hasOwn(skill.levels, agent) ? skill.levels[agent] : undefined;
      levels.set(agent, { ...levels.get(agent), [skill.key]: level ?? DEFAULT_LEVEL });
    }
  }
  const known = new Map(members.map((member) => [member.id, member]));
  return Object.fromEntries(
    [...new Set([...known.keys(), ...levels.keys()])].map((id) => [
      id,
      {
        skills: levels.get(id) ?? {},
        languages: known.get(id)?.languages ?? [],
        capacity: known.get(id)?.capacity ?? null,
      },
    ]),
  );
}
