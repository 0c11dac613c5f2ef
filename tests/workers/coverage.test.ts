/** When a visit counts as covered, through the front door: by whom is free when a condition holds, not when it opens. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SiteSettings } from "../../domain/site/settings.ts";
import { chat, deskOf, staff, stateOf } from "./engaging.ts";
import { makeSite, pageView, send } from "./site.ts";

const NOON = Date.UTC(2037, 10, 23, 11);
const MINUTE = 60_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOON }));
afterEach(() => void vi.useRealTimers());

const coverageOf = async (site: string, visitor: string) => {
  const { visit } = await stateOf(site, visitor);
  return { eligible: visit?.eligible, covered: visit?.covered };
};
/** Take the one place of the desk, for a minute. */
const fill = (site: string, decisionId: string) =>
  deskOf(site).lease({ decisionId, skill: null, now: Date.now() });

test("T105: free at the first page but full when the rule fires is eligible and not covered, until a place is free", async () => {
  const { key } = await makeSite({
    campaigns: [{ id: "cmp_cart", ...chat, condition: { "page.path": { $regex: "^/cart" } } }],
  });
  await staff(key, 1);
  await send(key, [pageView("ada", "/")]);
  expect(await coverageOf(key, "ada")).toEqual({ eligible: false, covered: false });

  // The isolate still thinks that somebody is free: the desk, which is asked for a place, knows better.
  expect(await fill(key, "dec_other")).toMatchObject({ ok: true });
  expect((await send(key, [pageView("ada", "/cart")])).decisions).toEqual([]);
  expect(await coverageOf(key, "ada")).toEqual({ eligible: true, covered: false });
  expect((await stateOf(key, "ada")).visit?.outcomes).toEqual({ cmp_cart: ["capacity"] });

  await deskOf(key).release("dec_other");
  expect((await send(key, [pageView("ada", "/cart/2")])).decisions).toHaveLength(1);
  expect(await coverageOf(key, "ada")).toEqual({ eligible: true, covered: true });
});

test("T105: a condition that held while nobody was asked for is covered by what was last heard of the desk", async () => {
  const { key } = await makeSite({ campaigns: [{ id: "cmp_card", condition: { "page.path": "/cart" } }] });
  await staff(key, 1);
  await send(key, [pageView("ada", "/cart")]);
  expect(await coverageOf(key, "ada")).toEqual({ eligible: true, covered: true });

  await fill(key, "dec_other");
  vi.setSystemTime(NOON + MINUTE / 2);
  await send(key, [pageView("bob", "/")]);
  await send(key, [pageView("bob", "/cart")]);
  expect(await coverageOf(key, "bob")).toEqual({ eligible: true, covered: false });
});

test("T105: who is held out is covered like who is invited", async () => {
  const { key } = await makeSite({ campaigns: [{ id: "cmp_ghost", ...chat, holdout: 1 }] });
  await staff(key, 1);
  await send(key, [pageView("ada", "/")]);
  expect(await coverageOf(key, "ada")).toEqual({ eligible: true, covered: true });
});

test("T106: free in another skill is not covered, in its own it is, and without a skill anybody's place covers", async () => {
  const on = (path: string) => ({ condition: { "page.path": path } });
  const { key } = await makeSite({
    campaigns: [
      { id: "cmp_sizes", ...chat, skill: "sizes", ...on("/sizes") },
      { id: "cmp_card", skill: "sizes", ...on("/card") },
      { id: "cmp_returns", ...chat, skill: "returns", ...on("/returns") },
      { id: "cmp_any", ...chat, ...on("/any") },
    ],
  });
  await staff(key, 9);
  const lease = await fill(key, "dec_who");
  const agent = lease.ok ? lease.agent.id : "";
  await deskOf(key).release("dec_who");
  await deskOf(key).publish({
    version: 1,
    settings: SiteSettings.parse({ key, name: key, default_consent: "granted" }),
    staff: {
      [agent]: { skills: { returns: 1 }, languages: [], capacity: 9 },
      usr_away: { skills: { sizes: 1 }, languages: [], capacity: 1 },
    },
  });
  expect(await deskOf(key).status()).toMatchObject({ skills: { returns: 9 }, absent_skills: { sizes: 0 } });
  vi.setSystemTime(NOON + MINUTE);
  for (const [path, covered] of [
    ["/sizes", false],
    ["/card", false],
    ["/returns", true],
    ["/any", true],
  ] as const) {
    const visitor = `who-looks-at-${path.slice(1)}`;
    await send(key, [pageView(visitor, path)]);
    expect([path, await coverageOf(key, visitor)]).toEqual([path, { eligible: true, covered }]);
  }
});
