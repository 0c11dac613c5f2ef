/** Rule T101: what the server refuses has words for the reader, by what a place means where it stands. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { keysOfPlace } from "../../web/admin/refusal-keys.ts";

const wordsOf = (language: string): Record<string, string> =>
  JSON.parse(
    readFileSync(new URL(`../../web/admin/messages/${language}.json`, import.meta.url), "utf8"),
  ) as Record<string, string>;

test.each([
  ["schedule.hours.2.validThrough", "at_validThrough"],
  ["business_hours.0.validThrough", "at_validThrough"],
  ["business_hours.0.opens", "at_business_hours"],
  ["holidays.dates.3", "at_holidays"],
  ["schedule.hours.0.opens", "at_hours"],
  ["schedule.from", "at_schedule_from"],
  ["schedule.to", "at_schedule_to"],
  ["namespace.from", "at_from"],
  ["variants.0.weight", "at_weight"],
  ["goal", "at_goal"],
])("T101: what is refused at %s has words of its own in both languages", (path, key) => {
  for (const language of ["fr", "en"] as const) {
    const words = wordsOf(language);
    expect(keysOfPlace(path, "invalid").find((each) => Object.hasOwn(words, each))).toBe(key);
  }
});
