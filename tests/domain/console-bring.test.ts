/** What the console makes of cards, products seen, search results, calls and codes. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CHECK_EVERY_MS, checkAfter } from "../../web/console/live/back-off.ts";
import { hasVariables } from "../../web/console/model/canned.ts";
import { dueOf } from "../../web/console/model/follow-ups.ts";
import { piecesOf } from "../../web/console/model/found.ts";
import { cardFrom, readCard, readFile } from "../../web/console/model/message.ts";
import { MOST_SEEN, readSeen } from "../../web/console/model/products.ts";
import { missesCode } from "../../web/console/model/wrap-up.ts";

const DRAFT = { title: "Rivoli", url: "https://lin.test/rivoli", price: "", image: "", text: "" };
const page = (path: string, title: string) => ({ url: `https://lin.test${path}`, path, title });

test("R-D23: a price is written as people do; what is wrong is named by its field", () => {
  const priceOf = (price: string) => {
    const made = cardFrom({ ...DRAFT, price }, "EUR");
    return made.ok ? (made.card.price?.amount ?? null) : made.field;
  };
  expect(["", "89", "89,90", "89.9", "1 290,00", "1\u202f290"].map(priceOf)).toEqual([
    null,
    89,
    89.9,
    89.9,
    1290,
    1290,
  ]);
  expect(["89 €", "-1", "1,234", "abc", "1e3"].map(priceOf)).toEqual(Array(5).fill("price"));
  expect(cardFrom({ ...DRAFT, title: " " }, "EUR")).toEqual({ ok: false, field: "title" });
  for (const url of ["", "lin.test", "javascript:alert(1)", "data:text/html,x"]) {
    expect(cardFrom({ ...DRAFT, url }, "EUR")).toEqual({ ok: false, field: "url" });
    expect(cardFrom({ ...DRAFT, image: url || "x" }, "EUR")).toEqual({ ok: false, field: "image" });
  }
});

test("R-D23: what a form makes is read back as it was, and anything else is no card and no file", () => {
  fc.assert(
    fc.property(fc.webUrl(), fc.string({ minLength: 1 }), fc.nat(1e6), (url, title, cents) => {
      const made = cardFrom({ ...DRAFT, url, title: `t${title}`, price: (cents / 100).toFixed(2) }, "EUR");
      if (!made.ok) throw new Error(made.field);
      expect(readCard(JSON.stringify(made.card))).toEqual(made.card);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (body) => {
      expect(readCard(body)).toBeNull();
      expect(readFile(body)).toBeNull();
    }),
  );
});

test("R-D23: pages seen come once, the latest first, those with a price before, without the site's name", () => {
  const trail = [
    page("/rivoli", "Oxford Rivoli · Atelier Lin"),
    page("/encre", "Encre · Atelier Lin"),
    page("/rivoli", "Oxford Rivoli · Atelier Lin"),
    { url: "javascript:alert(1)", path: null, title: "Piège" },
    page("/cart", "Panier · Atelier Lin"),
  ];
  const cart = { lines: { "rivoli/M": { price: 89, name: "Oxford Rivoli" } }, currency: "CHF" };
  expect(readSeen({ present: { trail, cart } }, "Atelier Lin")).toEqual({
    currency: "CHF",
    products: [
      { title: "Oxford Rivoli", url: "https://lin.test/rivoli", price: 89 },
      { title: "Panier", url: "https://lin.test/cart", price: null },
      { title: "Encre", url: "https://lin.test/encre", price: null },
    ],
  });
  expect(readSeen({ present: null }, "Atelier Lin")).toEqual({ products: [], currency: "EUR" });
  const many = Array.from({ length: 30 }, (_, at) => page(`/${at}`, `Page ${at}`));
  expect(readSeen({ present: { trail: many } }, "Atelier Lin").products).toHaveLength(MOST_SEEN);
});

test("R-D29: a snippet's pieces are its text, the marked ones told apart, whatever the marks' order", () => {
  expect(piecesOf("je le \u0002prends\u0003 en M")).toEqual([
    { text: "je le ", hit: false },
    { text: "prends", hit: true },
    { text: " en M", hit: false },
  ]);
  const marked = fc.array(fc.oneof(fc.constant("\u0002"), fc.constant("\u0003"), fc.string()));
  fc.assert(
    fc.property(marked, (parts) => {
      const text = parts.join("");
      const told = piecesOf(text).map((piece) => piece.text);
      expect(told.join("")).toBe(text.replaceAll("\u0002", "").replaceAll("\u0003", ""));
    }),
  );
});

test("R-D26: a call is for later, for now within the time booked, and late after it", () => {
  const call = { slot: "2026-11-23T14:00:00Z", ends_at: "2026-11-23T14:30:00Z" };
  const at = (time: string) => dueOf(call, Date.parse(`2026-11-23T${time}Z`));
  expect(["13:59:59", "14:00:00", "14:29:59", "14:30:00"].map(at)).toEqual(["later", "now", "now", "late"]);
});

test("R-D25: looks whether the log goes on are about a minute apart, and two dice do not give one moment", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (dice) => {
      expect(checkAfter(dice)).toBeGreaterThanOrEqual(CHECK_EVERY_MS * 0.75);
      expect(checkAfter(dice)).toBeLessThanOrEqual(CHECK_EVERY_MS * 1.25);
    }),
  );
  expect(checkAfter(0.1)).not.toBe(checkAfter(0.9));
});

test("R-D30: an answer with variables is known by its marks", () => {
  expect(["Bonjour {{ visitor.name }}", "{% if order %}x{% endif %}"].map(hasVariables)).toEqual([
    true,
    true,
  ]);
  expect(["Bonjour", "{ visitor }", "100 %"].map(hasVariables)).toEqual([false, false, false]);
});

test("R-D31: where one of the site's codes is required, one at least is chosen, whichever it is", () => {
  const code = (key: string, required = false) => ({ key, label: { fr: key }, required });
  expect(missesCode([], [])).toBe(false);
  expect(missesCode([code("a"), code("b")], [])).toBe(false);
  expect(missesCode([code("a", true), code("b")], [])).toBe(true);
  expect(missesCode([code("a", true), code("b")], ["b"])).toBe(false);
  expect(missesCode([code("a", true)], ["gone"])).toBe(true);
});

test("R-D32: every word of the console is there in French and in English", () => {
  const keysOf = (language: string): string[] => {
    const file = new URL(`../../web/console/messages/${language}.json`, import.meta.url);
    return Object.keys(JSON.parse(readFileSync(file, "utf8")) as Record<string, string>).toSorted();
  };
  expect(keysOf("fr")).toEqual(keysOf("en"));
});
