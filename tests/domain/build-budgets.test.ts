/** What the build refuses and how it compiles words (rules R-P9, R-P10). */
import { expect, test } from "vitest";
import { thirdPartyUrls } from "../../scripts/build/budgets.ts";
import { compileCatalogue } from "../../scripts/build/icu-plugin.ts";
import { forbidden, isAllowed } from "../../scripts/build/licenses.ts";

test("R-P9: any side of OR, both sides of AND", () => {
  expect(["MIT", "(MPL-2.0 OR Apache-2.0)", "MIT AND ISC", "OFL-1.1"].map(isAllowed)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(["AGPL-3.0", "MIT AND GPL-3.0", "", "LGPL-2.1 OR GPL-2.0"].map(isAllowed)).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect(forbidden([{ name: "x", version: "1.0.0", license: "", text: "" }])).toEqual([
    "x 1.0.0: no licence",
  ]);
});

test("R-P9: addresses of others' servers are seen, our own and words are not", () => {
  const text = `import("https://cdn.jsdelivr.net/npm/x"); url(https://fonts.googleapis.com/css); "https://schema.org"; "/w/x.js"`;
  expect(thirdPartyUrls(text)).toEqual(["https://cdn.jsdelivr.net", "https://fonts.googleapis.com"]);
});

test("R-P10: a catalogue becomes plain functions, and a bad message stops the build", () => {
  const source = compileCatalogue(
    '{"n":"{count, plural, one{# point} other{# points}}","hello":"Bonjour {name}"}',
    "fr",
  );
  expect(source).toMatch(/hello: \(?d\)? => "Bonjour " \+ d\.name/);
  expect(source).not.toMatch(/\beval\b|new Function/);
  expect(() => compileCatalogue('{"n":"{count, plural, one{#}"}', "fr")).toThrow();
  expect(() => compileCatalogue('{"n":1}', "fr")).toThrow("not a string");
});
