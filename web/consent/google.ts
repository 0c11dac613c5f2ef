/**
 * Google's consent mode (version 2), as `gtag("consent", "default" | "update", {…})` leaves it in the data layer.
 *
 * Shapes  `take` reads one push and says whether it was one of these; `said` is what all of them say together, null
 *         where none named a storage that is ours.
 */
import { GRANTED } from "../shared/consent-mount.ts";
import { NO, NOT_YET, type Said, YES } from "./said.ts";

const STORAGES = ["analytics_storage", "personalization_storage"];

export function consentMode(): { take(push: unknown): boolean; said(): Said | null } {
  const words: Record<string, { granted: boolean; updated: boolean }> = {};
  return {
    take(push) {
      const { 0: command, 1: kind, 2: given } = Object(push) as Record<number, unknown>;
      if (command !== "consent") return false;
      const updated = kind === "update";
      for (const storage of STORAGES) {
        const word = (Object(given) as Record<string, unknown>)[storage];
        const before = words[storage];
        if (!word || (before?.updated && !updated)) continue;
        // Several defaults are for several regions, and which of them is ours is unknown: the strictest counts.
        const granted = word === GRANTED && (updated || before?.granted !== false);
        words[storage] = { granted, updated };
      }
      return true;
    },
    said() {
      const all = Object.values(words);
      if (!all[0]) return null;
      const refused = all.filter(({ granted }) => !granted);
      if (!refused[0]) return YES;
      return refused.some(({ updated }) => updated) ? NO : NOT_YET;
    },
  };
}
