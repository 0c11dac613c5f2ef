/** The editor of campaigns: its facts, its words, its texts and its hours (R-M18 to R-M28). */
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CreativeText, Variant, type ContentBlock } from "../../domain/targeting/campaign.ts";
import { FACT_NAMES, OPEN_GROUPS } from "../../domain/targeting/fact-names.ts";
import { isInPage, standingOf, withShared, withText } from "../../web/admin/campaigns/creative-text.ts";
import { newDraft } from "../../web/admin/campaigns/draft.ts";
import { faultAt, hasField } from "../../web/admin/campaigns/fault.ts";
import { FACT_GROUPS, FACTS, OPEN_FACTS } from "../../web/admin/campaigns/facts.ts";
import {
  priceOf,
  trafficOf,
  trafficOfDryRun,
  type PhaseResults,
} from "../../web/admin/campaigns/holdout-price.ts";
import { fill } from "../../web/admin/campaigns/liquid.ts";
import { OPERATORS } from "../../web/admin/campaigns/operators.ts";
import { hasVariables, sampleFacts, VARIABLES } from "../../web/admin/campaigns/variables.ts";
import { titleOf } from "../../web/admin/campaigns/variant-title.ts";

const catalogue = (path: string): Record<string, string> =>
  JSON.parse(readFileSync(new URL(`../../web/admin/${path}`, import.meta.url), "utf8")) as Record<
    string,
    string
  >;
const LANGUAGES = ["fr", "en"] as const;
const wordsOf = (language: string) => ({
  own: catalogue(`campaigns/messages/${language}.json`),
  shared: catalogue(`messages/${language}.json`),
});

describe("the facts to choose from", () => {
  test("R-M19: every fact that a condition may ask about is offered, each once and no other", () => {
    const offered = FACTS.map(({ path }) => path);
    expect(offered.toSorted()).toEqual([...FACT_NAMES].toSorted());
    const open = OPEN_FACTS.map(({ path }) => path).filter((path) => path !== "segment");
    expect(open.toSorted()).toEqual(OPEN_GROUPS.filter((group) => group !== "segment").toSorted());
  });

  test.each(LANGUAGES)(
    "R-M19: each has a name and a description, its choices and comparisons words, in %s",
    (language) => {
      const { own, shared } = wordsOf(language);
      const wanted = [
        ...FACTS.map(({ path }) => `about_${path}`),
        ...FACTS.flatMap(({ path, choices = [] }) => choices.map((choice) => `choice_${path}.${choice}`)),
        ...FACTS.flatMap(({ unit }) => (unit === undefined ? [] : [`unitName_${unit}`])),
        ...OPEN_FACTS.flatMap(({ path }) => [`about_${path}`, `open_${path}`]),
        ...FACT_GROUPS.map((group) => `facts_${group}`),
        ...OPERATORS.map((operator) => `op_${operator}`),
        ...VARIABLES.map(({ key }) => `variable_${key}`),
      ];
      expect(wanted.filter((key) => !Object.hasOwn(own, key))).toEqual([]);
      expect(FACTS.filter(({ path }) => !Object.hasOwn(shared, `fact_${path}`))).toEqual([]);
    },
  );

  test("R-M19: both languages have the same words, and French spaces its signs", () => {
    const [fr, en] = [wordsOf("fr").own, wordsOf("en").own];
    expect(Object.keys(fr).toSorted()).toEqual(Object.keys(en).toSorted());
    const unspaced = /[^\u00a0][;:?!%»](?=\s|$)|«[^\u00a0]/;
    const plain = Object.entries(fr).filter(([, text]) => !/\{\w+, /.test(text));
    expect(plain.filter(([, text]) => unspaced.test(text))).toEqual([]);
  });
});

describe("what a hold-out costs", () => {
  const DAY_MS = 86_400_000;
  const at = Date.UTC(2026, 10, 22);
  const results = (treated: [number, number], holdout: [number, number]): PhaseResults => ({
    phase: 2,
    phases: [
      { phase: 1, started_at: new Date(at - 90 * DAY_MS).toISOString() },
      { phase: 2, started_at: new Date(at - 10 * DAY_MS).toISOString() },
    ],
    arms: {
      treated: { visitors: treated[0], conversions: treated[1] },
      holdout: { visitors: holdout[0], conversions: holdout[1] },
    },
  });

  test("R-M18: traffic and base rate are those of the phase itself", () => {
    expect(trafficOf(results([8_000, 480], [2_000, 100]), at)).toEqual({
      eligiblePerDay: 1_000,
      baseRate: 0.05,
    });
    expect(trafficOf(results([950, 95], [50, 0]), at)).toEqual({ eligiblePerDay: 100, baseRate: 0.095 });
  });

  test("R-M18: the price stands beside that of another share, and is unknown without figures", () => {
    const price = priceOf(0.2, { eligiblePerDay: 1_000, baseRate: 0.05 });
    expect(price?.days).toBeGreaterThan(0);
    expect(price?.other?.holdout).toBe(0.05);
    expect(price?.other?.days).toBeGreaterThan(3 * (price?.days ?? 0));
    expect(priceOf(0.05, { eligiblePerDay: 1_000, baseRate: 0.05 })?.other?.holdout).toBe(0.2);
    expect(trafficOf(results([60, 6], [10, 0]), at)).toBeNull();
    expect(trafficOf({ ...results([8_000, 480], [2_000, 100]), phases: [] }, at)).toBeNull();
    expect(priceOf(0.2, null)).toBeNull();
    expect(priceOf(0, { eligiblePerDay: 1_000, baseRate: 0.05 })).toBeNull();
  });
});

describe("what a hold-out would cost a draft", () => {
  test("R-M18: a dry run tells the traffic, the site's own conversion stands for the base", () => {
    const replayed = { eligible: 7_000, from: "2026-11-15T00:00:00Z", to: "2026-11-22T00:00:00Z" };
    expect(trafficOfDryRun(replayed, 0.03)).toEqual({ eligiblePerDay: 1_000, baseRate: 0.03 });
    // Less than a day says no more than what it held.
    expect(trafficOfDryRun({ ...replayed, from: "2026-11-21T23:00:00Z" }, 0.03)?.eligiblePerDay).toBe(7_000);
    expect(trafficOfDryRun({ ...replayed, from: null }, 0.03)).toBeNull();
    expect(trafficOfDryRun(replayed, null)).toBeNull();
  });
});

describe("texts with variables", () => {
  const facts = sampleFacts("EUR");

  test("R-M20: every variable of the menu is filled for the visitor of the preview", () => {
    for (const { text } of VARIABLES) {
      const filled = fill(`<${text}>`, facts, "fr");
      expect(filled.ok, text).toBe(true);
      expect(filled.ok && filled.text, text).not.toMatch(/<>|…|\{/);
    }
    expect(fill("{{ cart.value | money: cart.currency }}", facts, "fr")).toEqual({
      ok: true,
      text: "129,50\u00a0€",
    });
    expect(fill("{{ cart.value | money: cart.currency }}", facts, "en")).toEqual({
      ok: true,
      text: "€129.50",
    });
  });

  test("R-M20: a value is text, whatever it holds, and a text that cannot be filled says why", () => {
    const hostile = "<img src=x onerror=alert(1)> {{ cart.items }} javascript:";
    const filled = fill("Hello {{ page.title }}", { page: { title: hostile } }, "en");
    expect(filled).toEqual({ ok: true, text: `Hello ${hostile}` });
    expect(fill("{{ page.title | nonsense }}", facts, "en").ok).toBe(false);
    expect(fill("{% if %}", facts, "en").ok).toBe(false);
    expect(fill('{{ visitor.traits.nobody | default: "you" }}', facts, "en")).toEqual({
      ok: true,
      text: "you",
    });
  });

  test("R-M20: a variant is named by its first words, with its variables left out", () => {
    const variant = (creative: Variant["creative"]): Variant => ({ key: "a", weight: 1, creative });
    const named = variant({ fr: { title: "Bonjour {{ visitor.traits.first_name }} !" }, en: {} });
    expect(titleOf(named, "en")).toBe("Bonjour … !");
    expect(titleOf(variant({ en: { blocks: [{ type: "heading", text: "Sizes" }] } }), "fr")).toBe("Sizes");
    expect(titleOf(variant({}), "fr")).toBe("");
    expect(hasVariables({ fr: { text: "{% if x %}" } })).toBe(true);
    expect(hasVariables({ fr: { text: "{ }" } })).toBe(false);
  });
});

describe("a variant while it is edited", () => {
  const language = fc.constantFrom("fr" as const, "en" as const);
  const block: fc.Arbitrary<ContentBlock> = fc.constantFrom(
    { type: "heading" as const, text: "Tailles" },
    { type: "list" as const, items: ["a", "b"] },
    { type: "link" as const, text: "Guide", link: "/guide" },
  );

  test("R-M21: an emptied text is no text, in its language alone; what goes for all is changed in all", () => {
    fc.assert(
      fc.property(
        language,
        fc.string({ minLength: 1, maxLength: 20 }),
        fc.array(block),
        (at, text, blocks) => {
          const other = at === "fr" ? "en" : "fr";
          const before: Variant = {
            key: "a",
            weight: 1,
            creative: { fr: { title: "T" }, en: { title: "T" } },
          };
          const worded = withText(before, at, "text", text);
          expect(worded.creative[at]).toEqual({ title: "T", text });
          expect(worded.creative[other]).toEqual({ title: "T" });
          expect(withText(worded, at, "text", "")).toEqual(before);

          const placed = withShared(before, { slot: "banner", ...(blocks.length > 0 ? { blocks } : {}) });
          expect(isInPage(placed)).toBe(true);
          expect(placed.creative.fr?.slot).toBe(placed.creative.en?.slot);
          expect(withShared(placed, { slot: undefined, blocks: undefined })).toEqual(before);
          for (const one of [worded, placed])
            expect(CreativeText.safeParse(one.creative[at]).success).toBe(true);
        },
      ),
    );
  });

  test("R-M21 R-M28: where a card stands and what remains after a card goes for every language, and is told as a visitor has it", () => {
    const before: Variant = {
      key: "a",
      weight: 1,
      creative: { fr: { title: "T" }, en: { launcher: "small" } },
    };
    expect(standingOf(before, "en")).toEqual({ position: "end", alone: false });
    const alone = withShared(before, { launcher: "none" });
    expect(alone.creative).toEqual({ fr: { title: "T", launcher: "none" }, en: { launcher: "none" } });
    expect(withShared(alone, { launcher: undefined }).creative).toEqual({ fr: { title: "T" }, en: {} });
    // Written in one language alone, it goes for readers of the other too.
    const en = { launcher: "none", position: "start" as const };
    const lent: Variant = { key: "a", weight: 1, creative: { fr: { title: "T" }, en } };
    for (const reads of LANGUAGES)
      expect(standingOf(lent, reads)).toEqual({ position: "start", alone: true });
  });

  test("R-M10: a refusal of any field of the editor finds it, down to a block's line", () => {
    for (const path of [
      "name",
      "variants.0.delay_seconds",
      "variants.1.creative.en.position",
      "variants.1.creative.en.launcher",
      "variants.1.creative.fr.blocks.2.text",
      "variants.1.creative.fr.blocks.0.items.3",
      "variants.0.creative.en.slot",
      "schedule.hours.0.opens",
      "caps.cooldown_seconds",
      "namespace.to",
      "value",
      "goal",
      "allocation",
    ]) {
      expect(hasField(path), path).toBe(true);
    }
    expect(hasField("variants.0.creative.en.terms")).toBe(false);
    expect(hasField("phase")).toBe(false);
    const fault = { path: "variants.0.creative.fr.blocks.0.items.3", message: "too long", said: "…" };
    expect(faultAt(fault, "variants.0.creative.fr.blocks.0.items")?.detail).toBe("too long");
    expect(newDraft().allocation).toBe("fixed");
  });
});
