/** Rules T103 and T104: which words a visitor reads of a variant. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { filled, wordsIn } from "../../domain/creative/words.ts";
import { acceptWord, leadsToTalk, readCreative } from "../../web/widget/creative.ts";

test("T103: a field that is missing or blank is read in the other language, each by itself", () => {
  const creative = {
    fr: { title: "", text: "  ", accept: "Oui" },
    en: { title: "Hello", text: "A text", accept: "Yes", code: "TEN" },
  };
  expect(wordsIn(creative, ["fr-CA", "en"])).toEqual({
    title: "Hello",
    text: "A text",
    accept: "Oui",
    code: "TEN",
  });
  expect(wordsIn(creative, ["en-GB"])).toEqual(creative.en);
  expect(wordsIn({ en: { title: "Hello" } }, ["fr", "de"])).toEqual({ title: "Hello" });
  expect(wordsIn({ fr: {}, en: { title: "Hello" } }, ["fr"])).toEqual({ title: "Hello" });
  expect(wordsIn({ fr: { title: "Salut" }, en: {} }, ["de-DE", "en"])).toEqual({ title: "Salut" });
  expect(wordsIn({}, ["fr"])).toEqual({});
});

test("T103: blocks are lent to a place in the page, and never turn a card into one", () => {
  const place = { slot: "banner", blocks: [{ type: "text" as const, text: "Hello" }] };
  expect(wordsIn({ fr: { slot: "banner", blocks: [] }, en: place }, ["fr"])).toEqual(place);
  expect(wordsIn({ fr: {}, en: place }, ["fr"])).toEqual(place);
  const card = { title: "Salut" };
  expect(wordsIn({ fr: card, en: { ...place, text: "A text" } }, ["fr"])).toEqual({
    ...card,
    text: "A text",
  });
});

test("T103: no reader gets a blank field, whatever is blank, and no filled one is taken from its own language", () => {
  const field = fc.constantFrom("", " ", "\t", "un", "deux");
  const texts = fc.record({ title: field, text: field, accept: field, terms: field }, { requiredKeys: [] });
  const creative = fc.record({ fr: texts, en: texts }, { requiredKeys: [] });
  fc.assert(
    fc.property(creative, fc.constantFrom("fr" as const, "en" as const), (both, language) => {
      const read = wordsIn(both, [language]);
      expect(filled(read)).toEqual(read);
      expect(read).toMatchObject(filled(both[language] ?? {}));
      const other = filled(both[language === "fr" ? "en" : "fr"] ?? {});
      expect(Object.keys(read).toSorted()).toEqual(
        [...new Set([...Object.keys(filled(both[language] ?? {})), ...Object.keys(other)])].toSorted(),
      );
    }),
  );
});

test.each([
  ["chat", {}, "accept", true],
  ["callback", {}, "accept", true],
  ["offer", {}, "takeOffer", false],
  ["offer", { code: "TEN" }, "takeCode", false],
  ["offer", { code: "TEN", link: "/panier" }, "takeAndGo", false],
  ["offer", { link: "/panier" }, "discover", false],
  ["content", {}, "gotIt", false],
  ["content", { link: "/guide" }, "discover", false],
  ["survey", {}, "gotIt", false],
] as const)("T104: the yes of %s with %j says %s", (kind, creative, word, talks) => {
  const card = readCreative({ kind, creative }, "https://shop.example/");
  expect([acceptWord(card), leadsToTalk(card)]).toEqual([word, talks]);
});
