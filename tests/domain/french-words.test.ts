/** The French of every sheet of words, as a French printer would set it. */
import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const SHEETS = globSync("web/**/fr.json");

/** An ordinary space where a line must not break: before a high mark, inside the quotes, between a figure and its unit. */
const BREAKS = / [:;?!»%€]|« |\d (?:[kMG]o|s|min|h)\b/u;

test.each(SHEETS)("R-D32: in %s no line breaks before a high mark or a unit", (sheet) => {
  const words = JSON.parse(readFileSync(sheet, "utf8")) as Record<string, string>;
  const broken = Object.entries(words).filter(([, text]) => BREAKS.test(text));
  expect(broken).toEqual([]);
});

test("R-D32: the sheets are found, and the rule knows a wrong one", () => {
  expect(SHEETS.length).toBeGreaterThan(20);
  for (const wrong of ["Alertes : son coupé", "« Attendre »", "plus de 10 Mo"]) expect(wrong).toMatch(BREAKS);
  expect("Alertes\u00a0: son coupé").not.toMatch(BREAKS);
});

test("R-D32: every way in which a visit can come has its words", () => {
  const source = readFileSync("domain/visit/channel.ts", "utf8");
  const told = source.matchAll(/(?:return (?:click \?\? )?|channel: |\? )"([A-Z][\w ]*)"/g);
  const channels = new Set(Array.from(told, ([, name]) => name));
  expect(channels).toContain("Direct");
  expect(channels).toContain("AI Assistants");
  expect(channels.size).toBeGreaterThan(15);
  for (const language of ["fr", "en"]) {
    const words = JSON.parse(readFileSync(`web/console/messages/${language}.json`, "utf8")) as object;
    for (const channel of channels) expect(words).toHaveProperty([`channel_${channel}`]);
  }
});
