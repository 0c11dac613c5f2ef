/** A campaign's words and their variables (`docs/rules/targeting.md`, T95 and after). */
import { SignJWT } from "jose";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { SiteSettings } from "../../domain/site/settings.ts";
import { identitySecret } from "../../workers/site/identity.ts";
import { renderCreative, templateProblem } from "../../workers/creative/render.ts";
import { makeSite, send } from "./site.ts";

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
    expect(templateProblem("{% include 'x' %}")).toContain("include");
    const loop = (inner: string) => `{% for a in (1..9) %}${inner}{% endfor %}`;
    expect(templateProblem(loop(loop("x")))).toContain("inside another");
    expect(templateProblem(loop("{% if a %}{% tablerow b in a %}x{% endtablerow %}{% endif %}"))).toContain(
      "tablerow",
    );
    expect(templateProblem(loop("{{ a }}") + loop("b"))).toBeNull();
    expect(title("{{ cart.constructor }}{{ cart.__proto__ }}ok")).toBe("ok");
  });
});

test("T103: the visitor reads the other language's words where their own are blank, filled alike", async () => {
  const creative = {
    fr: { title: " ", text: "{{ visitor.traits.nobody }}", accept: "Oui" },
    en: { title: "{{ cart.items }} items", decline: "{{ visitor.traits.nobody }}", code: "TEN" },
  };
  const { key } = await makeSite({
    campaigns: [{ id: "cmp_both", kind: "offer", variants: [{ key: "a", weight: 1, creative }] }],
  });
  const context = { locale: "fr-FR", page: { url: "https://shop.example/", path: "/", view_id: "v" } };
  const event = { type: "page", anonymousId: "ada", messageId: crypto.randomUUID(), context };
  const { decisions } = await send(key, [event]);
  expect(decisions[0]?.creative).toEqual({ title: "0 items", accept: "Oui", code: "TEN" });
});

describe("what a page view may read back", () => {
  const campaign = {
    id: "cmp_words",
    kind: "offer" as const,
    condition: {},
    exempt_ok: true,
    variants: [
      {
        key: "a",
        weight: 1,
        creative: {
          fr: { title: "{{ cart.items }} article(s), {{ visitor.traits.first_name | default: 'vous' }}" },
        },
      },
    ],
  };
  const cart = { products: [{ product_id: "p1", price: 40, quantity: 3 }] };

  /** A message of `visitor` from the page view `view`. */
  function told(visitor: string, view: string, more: Record<string, unknown>, context: object = {}) {
    const page = { url: `https://shop.example/${view}`, path: `/${view}`, view_id: view };
    return { anonymousId: visitor, messageId: crypto.randomUUID(), ...more, context: { page, ...context } };
  }
  const viewed = { type: "track", event: "Cart Viewed", properties: cart };
  const title = async (key: string, batch: unknown[]) =>
    (await send(key, batch)).decisions[0]?.creative.title;

  test("T100: without proof only what this view has sent is said back, on every view its own", async () => {
    const { key } = await makeSite({ campaigns: [campaign] });
    const named = { type: "identify", userId: "u1", traits: { first_name: "Zoé" } };
    expect(await title(key, [told("ada", "cart", viewed), told("ada", "cart", named)])).toBe(
      "3 article(s), vous",
    );
    expect(await title(key, [told("ada", "home", { type: "page" })])).toBe("0 article(s), vous");
    expect(await title(key, [told("ada", "cart", { type: "page" })])).toBe("3 article(s), vous");
  });

  test("T100: a visitor who has proven who he is reads what is known of him", async () => {
    const { key } = await makeSite({ campaigns: [campaign] });
    const settings = SiteSettings.parse({ key, name: key });
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: "HS256" })
      .setAudience(key)
      .setSubject("u1")
      .setIssuedAt()
      .setExpirationTime("10m")
      .sign(new TextEncoder().encode(await identitySecret(env, settings)));
    const named = { type: "identify", userId: "u1", traits: { first_name: "Zoé" } };
    const proof = { identity_token: token };
    await send(key, [told("ada", "cart", viewed, proof), told("ada", "cart", named, proof)], "");
    expect(await title(key, [told("ada", "home", { type: "page" }, proof)])).toBe("3 article(s), Zoé");
    expect(await title(key, [told("ada", "home", { type: "page" })])).toBe("0 article(s), vous");
  });

  test("T100: without consent the request's own words are said back", async () => {
    const { key } = await makeSite({ campaigns: [campaign], default_consent: "denied" });
    expect(await title(key, [told("eve", "cart", { type: "page" }), told("eve", "cart", viewed)])).toBe(
      "3 article(s), vous",
    );
  });
});
