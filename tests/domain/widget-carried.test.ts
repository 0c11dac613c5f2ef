import * as fc from "fast-check";
import { expect, test } from "vitest";
import { contentOf } from "../../domain/chat/content.ts";
import { callIn } from "../../web/widget/call.ts";
import { cardIn, fileIn } from "../../web/widget/content-body.ts";
import { sizeOf } from "../../web/widget/sizes.ts";
import { openingOf, zoneOf } from "../../web/widget/when.ts";

test("R-W76: every card that the server keeps is drawn as it is; of any other shape nothing is", () => {
  const address = fc.webUrl();
  const shape = fc.record(
    {
      title: fc.string({ minLength: 1, maxLength: 40 }).filter((text) => text.trim() !== ""),
      image: address,
      price: fc.record({ amount: fc.nat(10_000), currency: fc.constantFrom("EUR", "GBP") }),
      url: address,
    },
    { requiredKeys: ["title", "url"] },
  );
  fc.assert(
    fc.property(shape, (card) => {
      const kept = contentOf({ role: "agent", kind: "card", body: JSON.stringify(card) }, () => null);
      if (!kept.ok) return;
      const known = JSON.parse(kept.body) as { title: string; url: string };
      expect(cardIn(kept.body)).toMatchObject({
        title: known.title,
        href: known.url,
        price: card.price ?? null,
      });
    }),
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
      const card = cardIn(body);
      if (card) expect(card.href).toMatch(/^https?:/i);
      const file = fileIn(body);
      if (file) expect(typeof file.id).toBe("string");
    }),
  );
  expect(cardIn(JSON.stringify({ title: "x", url: "javascript:alert(1)" }))).toBeNull();
  expect(cardIn(JSON.stringify({ title: "x", url: "https://a.example", image: "data:x" }))?.image).toBeNull();
});

test("R-W77: a size is told as people read it", () => {
  const plain = (text: string) => text.replaceAll(/\s/g, " ");
  expect(plain(sizeOf(9, "fr-FR"))).toBe("1 ko");
  expect(plain(sizeOf(120_400, "fr-FR"))).toBe("120 ko");
  expect(plain(sizeOf(4_250_000, "fr-FR"))).toBe("4,3 Mo");
  expect(plain(sizeOf(4_250_000, "en-GB"))).toBe("4.3 MB");
});

test("R-W82: the moment of opening is told by the site's clock, and not at all where a weekday would mislead", () => {
  const words = {
    tag: "fr-FR",
    t: (key: string, args: object = {}) => `${key} ${Object.values(args).join(" ")}`,
  };
  const now = Date.UTC(2026, 10, 22, 21, 30);
  const at = (opens_at: string | null) => openingOf({ opens_at, timezone: "Europe/Paris" }, words, now);
  expect(at("2026-11-23T08:00:00.000Z")).toBe("backOn lundi 9:00");
  expect(at("2026-11-22T22:15:00.000Z")).toBe("backToday 23:15");
  expect(at("2026-11-22T23:15:00.000Z")).toBe("backOn lundi 0:15");
  expect(at("2026-11-30T08:00:00.000Z")).toBeNull();
  expect(at(null)).toBeNull();
  expect(zoneOf("America/New_York", words)).toBe("zone New York no");
});

test("R-W84: a call that was kept is read with distrust, and one that is over is none", () => {
  const slot = new Date(Date.now() + 3_600_000).toISOString();
  const kept = (more: object = {}) =>
    JSON.stringify({ callback: { id: "c", slot, status: "booked", ...more }, token: "t" });
  expect(callIn(kept())).toMatchObject({ id: "c", slot, token: "t" });
  expect(callIn(kept({ status: "cancelled" }))).toBeNull();
  expect(callIn(kept({ slot: "2020-01-01T00:00:00.000Z" }))).toBeNull();
  for (const text of [null, "", "{", "[]", '{"callback":3}']) expect(callIn(text)).toBeNull();
});
