/** A campaign's words and their variables (`docs/rules/targeting.md`, T95 and after). */
import { describe, expect, test } from "vitest";
import { renderCreative, templateProblem } from "../../workers/creative/render.ts";

const facts = {
  cart: { value: 289.5, items: 3, currency: "EUR" },
  page: { title: "<img src=x onerror=alert(1)>" },
  visitor: { traits: { first_name: "Zoé" } },
};
const title = (text: string) => renderCreative({ title: text }, facts, "fr-FR").title;

describe("Liquid variables", () => {
  test("T95: variables are filled, unknown ones are empty or their default, and money reads as the visitor writes it", () => {
    expect(title("{{ cart.items }} articles")).toBe("3 articles");
    expect(title("Bonjour {{ visitor.traits.first_name | default: 'vous' }}")).toBe("Bonjour Zoé");
    expect(title("Bonjour {{ visitor.traits.nickname | default: 'vous' }}")).toBe("Bonjour vous");
    expect(title("{{ cart.value | money: cart.currency }}")?.replace(/\s/g, " ")).toBe("289,50 €");
    expect(title("{% if cart.items > 2 %}Trois pièces{% else %}Peu{% endif %}")).toBe("Trois pièces");
    expect(renderCreative({ title: "Sans" }, facts, "fr")).toEqual({ title: "Sans" });
  });

  test("T95: what a variable brings is text as it was, clipped", () => {
    expect(title("{{ page.title }}")).toBe("<img src=x onerror=alert(1)>");
    const long = renderCreative({ text: "{{ page.title }}" }, { page: { title: "x".repeat(5_000) } }, "fr");
    expect(long.text).toHaveLength(200);
  });

  test("T96: an address made of variables is http(s) or a path of the site, else it is left out", () => {
    const link = (url: string) =>
      renderCreative({ title: "a", link: "{{ page.url }}" }, { page: { url } }, "fr").link;
    expect(link("https://shop.example/a")).toBe("https://shop.example/a");
    expect(link("/a")).toBe("/a");
    expect(link("javascript:alert(1)")).toBeUndefined();
    expect(link("//evil.example")).toBeUndefined();
  });

  test("T97: a template that cannot be read or would not end is refused when saved and never shows its tags", () => {
    expect(templateProblem("{{ cart.value")).toContain("not closed");
    expect(templateProblem("{% if %}")).not.toBeNull();
    expect(templateProblem("{{ cart.value | shout }}")).toContain("undefined filter");
    expect(title("Bonjour {{ cart.value")).toBe("Bonjour");
    expect(title("Bonjour {% for a in (1..100000000) %}x{% endfor %}")).toBe("Bonjour");
    expect(title("Bonjour {% include 'x' %}")).toBe("Bonjour");
    expect(title("{{ cart.constructor }}{{ cart.__proto__ }}ok")).toBe("ok");
  });
});
