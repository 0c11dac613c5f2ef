import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Decision } from "../../domain/targeting/decision.ts";
import { afterClose, BASE_MS, CAP_HIDDEN_MS, CAP_VISIBLE_MS, delayMs } from "../../web/widget/back-off.ts";
import { CreativeText } from "../../domain/targeting/campaign.ts";
import { readCreative } from "../../web/widget/creative.ts";
import { uuidOf } from "../../web/widget/message-id.ts";
import type { Outbox, Pending } from "../../web/widget/outbox.ts";
import { add, merge, next, refuse, retry, settle } from "../../web/widget/outbox.ts";

const pending = (client_id: string, at = 0): Pending => {
  return { client_id, conversation: "cnv_1", body: client_id, at, failed: null };
};
const idsOf = (outbox: Outbox) => outbox.map((one) => one.client_id);

test("R-W8 P11: whatever is added, acknowledged and lost on the way, messages leave in order, each under one id", () => {
  const steps = fc.array(fc.constantFrom("add", "ack", "lost"), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (all) => {
      let outbox: Outbox = [];
      const sent: string[] = [];
      let count = 0;
      for (const step of all) {
        if (step === "add") outbox = add(outbox, pending(`c${(count += 1)}`));
        const turn = next(outbox);
        if (step === "ack" && turn) {
          sent.push(turn.client_id);
          outbox = settle(outbox, turn.client_id);
        }
      }
      const made = Array.from({ length: count }, (_, i) => `c${i + 1}`);
      expect([...sent, ...idsOf(outbox)]).toEqual(made);
    }),
  );
});

test("R-W8: a final refusal steps aside, a passing one keeps its turn, and sending again goes to the end", () => {
  const outbox = [pending("a"), pending("b")];
  expect(next(refuse(outbox, "a", "unavailable"))?.client_id).toBe("a");
  const refused = refuse(outbox, "a", "closed");
  expect(next(refused)?.client_id).toBe("b");
  const again = retry(refused, "a");
  expect(idsOf(again)).toEqual(["b", "a"]);
  expect(again.every((one) => one.failed === null)).toBe(true);
  expect(retry(outbox, "zz")).toBe(outbox);
});

test("R-W8: the same id is queued once, and the stored queue joins this tab's by time", () => {
  expect(idsOf(add([pending("a")], pending("a")))).toEqual(["a"]);
  const stored = [pending("a", 1), pending("b", 2), pending("c", 3)];
  expect(idsOf(merge([pending("c", 3), pending("d", 4)], stored))).toEqual(["a", "b", "c", "d"]);
});

test("R-W9 P21: the delay is anywhere between nothing and a ceiling that doubles up to its cap", () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.nat(2_000), fc.boolean(), random, (attempt, visible, dice) => {
      const cap = visible ? CAP_VISIBLE_MS : CAP_HIDDEN_MS;
      const delay = delayMs(attempt, visible, dice);
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThanOrEqual(Math.min(cap, BASE_MS * 2 ** attempt));
    }),
  );
  expect([0, 1, 2, 3].map((attempt) => delayMs(attempt, true, 0.5))).toEqual([500, 1_000, 2_000, 4_000]);
  expect(delayMs(30, true, 0.999_999)).toBe(CAP_VISIBLE_MS);
  expect(delayMs(30, false, 0.999_999)).toBe(CAP_HIDDEN_MS);
});

test("R-W10 P22: a close code says whether to come back, to authenticate, or to stop", () => {
  expect([1_001, 1_006, 1_012, 4_000, 4_008, 4_099].map(afterClose)).toEqual(Array(6).fill("resume"));
  expect([4_100, 4_101, 4_199].map(afterClose)).toEqual(Array(3).fill("authenticate"));
  expect([4_200, 4_210, 4_999].map(afterClose)).toEqual(Array(3).fill("final"));
});

test("R-W11: ids are UUIDs of version 7 that sort by time", () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
  const times = fc.integer({ min: 0, max: 2 ** 47 });
  fc.assert(
    fc.property(times, times, bytes, bytes, (one, other, first, second) => {
      const [a, b] = [uuidOf(one, first), uuidOf(other, second)];
      expect(a).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      if (one < other) expect(a < b).toBe(true);
    }),
  );
});

const PAGE = "https://shop.example/cart?step=1";

test("R-W12: a creative of any shape is read without a throw, and its links are http(s)", () => {
  const decision = { id: "dec_1", campaign: "cmp_1", variant: "a", expires_at: "2026-11-22T14:00:00.000Z" };
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom("title", "link", "code", "images", "agent"), fc.jsonValue()),
      (creative) => {
        const offer: Decision = { ...decision, kind: "offer", creative: creative as Decision["creative"] };
        const card = readCreative(offer, PAGE);
        if (card.link !== null) expect(card.link).toMatch(/^https?:/);
      },
    ),
  );
  const link = "javascript:alert(1)";
  const images = [
    { url: "https://shop.example/1.png", label: "M" },
    "data:text/html,x",
    3,
    "https://shop.example/2.png",
  ];
  const creative = { link, images, agent: { name: "Léa" } };
  const card = readCreative({ ...decision, kind: "content", creative }, PAGE);
  expect(card).toMatchObject({ link: null, agent: "Léa", title: null });
  expect(card.thumbnails).toEqual([{ url: "https://shop.example/1.png", label: "M" }]);
});

/** What a browser would take to another site, though it begins like a path. */
const ELSEWHERE = [
  "//evil.example",
  "/\\evil.example",
  "/\t/evil.example",
  "\\/evil.example",
  "/\n//evil.example",
];

test("R-W12: a link may be a path of the page's own site, and of no other", () => {
  const linkOf = (link: string) => {
    const decision = { id: "dec_1", campaign: "cmp_1", variant: "a", expires_at: "2026-11-22T14:00:00.000Z" };
    return readCreative({ ...decision, kind: "content", creative: { link } }, PAGE).link;
  };
  expect(linkOf("/guide?size=m#collar")).toBe("https://shop.example/guide?size=m#collar");
  expect(linkOf("https://other.example/a")).toBe("https://other.example/a");
  for (const link of [...ELSEWHERE, "guide", "javascript:alert(1)"]) expect(linkOf(link), link).toBe(null);
  fc.assert(
    fc.property(fc.string(), (rest) => {
      const link = linkOf(`/${rest}`);
      if (link !== null) expect(new URL(link).origin).toBe("https://shop.example");
    }),
  );
});

test("R-W12: a campaign takes an http(s) address or a path of the site as its link, and nothing else", () => {
  for (const link of ["/guide", "/", "/shop/?a=1#b", "https://shop.example/x"]) {
    expect(CreativeText.safeParse({ link }).success, link).toBe(true);
  }
  for (const link of [...ELSEWHERE, "guide", "", "javascript:alert(1)", "/a b"]) {
    expect(CreativeText.safeParse({ link }).success, link).toBe(false);
  }
  fc.assert(
    fc.property(fc.string(), (rest) => {
      if (!CreativeText.safeParse({ link: `/${rest}` }).success) return;
      expect(new URL(`/${rest}`, PAGE).origin).toBe("https://shop.example");
    }),
  );
});
