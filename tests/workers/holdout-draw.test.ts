/** The hold-out over all campaigns: when it is drawn, who is in it, and which days are read together. */
import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as z from "zod";
import { inHoldout } from "../../domain/experiments/allocation.ts";
import { holdoutPeriod } from "../../domain/experiments/holdout-periods.ts";
import { SiteSettings } from "../../domain/site/settings.ts";
import { holdoutWindow } from "../../workers/overview/site-holdout.ts";
import { makeSite, pageView, send } from "./site.ts";
import { storedState } from "./stored-visitor.ts";

const DAY = 86_400_000;
const at = (text: string) => Date.parse(text);

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: at("2027-03-20T10:00:00Z") }));
afterEach(() => void vi.useRealTimers());

type Site = { key: string; apiKey: string };
const Kept = SiteSettings.extend({ version: z.int() });

async function ask({ key, apiKey }: Site, method: string, path: string, body?: object, version?: number) {
  return exports.default.fetch(`http://localhost/api/sites/${key}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${apiKey}`,
      "content-type": "application/json",
      ...(version === undefined ? {} : { "if-match": `"${version}"` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function change(site: Site, body: object, version: number) {
  const answer = await ask(site, "PATCH", "", body, version);
  expect(answer.status).toBe(200);
  return Kept.parse(await answer.json());
}

const audited = async (site: Site): Promise<string[][]> => {
  const Audit = z.object({ items: z.array(z.object({ detail: z.object({ keys: z.array(z.string()) }) })) });
  const { items } = Audit.parse(await (await ask(site, "GET", "/audit")).json());
  return items.map(({ detail }) => detail.keys).toReversed();
};

test("API63 API64: a changed share draws, the same one does not, and nobody else can", async () => {
  const site = await makeSite();
  const first = await change(site, { global_holdout: 0.05 }, 1);
  expect(first.holdout_draw).toEqual({ seed: expect.stringMatching(/^hld_/), at: Date.now() });
  vi.setSystemTime(Date.now() + DAY);
  const forged = { holdout_draw: { seed: "mine", at: 0 } };
  const same = await change(site, { ...forged, global_holdout: 0.05, name: "Autre" }, 2);
  expect(same).toMatchObject({ name: "Autre", holdout_draw: first.holdout_draw });
  await change(site, { global_holdout: 0.05 }, 3);
  expect(await audited(site)).toEqual([["global_holdout"], ["name"]]);
  const raised = await change(site, { global_holdout: 0.1 }, 4);
  expect(raised.holdout_draw?.seed).not.toBe(first.holdout_draw?.seed);
  expect(raised.holdout_draw?.at).toBe(Date.now());
  const off = await change(site, { global_holdout: 0 }, 5);
  expect(off.holdout_draw).toEqual(raised.holdout_draw);
  expect((await change(site, { global_holdout: 0.1 }, 6)).holdout_draw).not.toEqual(raised.holdout_draw);
});

test("API63: whoever is held out is told by the draw of the moment in which the visit begins, until it ends", async () => {
  const holdout_draw = { seed: "hld_test", at: at("2027-03-01") };
  const settings = { global_holdout: 0.5, holdout_draw };
  const { key } = await makeSite(settings);
  const rotation = at("2027-04-01");
  const seedAt = (moment: number) => holdoutPeriod({ key, holdout_draw }, moment).seed;
  const isHeld = (visitor: string, moment: number) =>
    inHoldout(visitor, { seed: seedAt(moment), share: 0.5 });
  const names = Array.from({ length: 40 }, (_, index) => `v${index}`);
  const moved = names.find((name) => isHeld(name, rotation - 1) && !isHeld(name, rotation)) ?? "";
  const State = z.object({ visit: z.object({ globalHoldout: z.boolean() }) });
  const heldOut = async () => State.parse(JSON.parse(await storedState(key, moved))).visit.globalHoldout;
  vi.setSystemTime(rotation - 60_000);
  await send(key, [pageView(moved, "/")]);
  expect(await heldOut()).toBe(true);
  vi.setSystemTime(rotation + 60_000);
  await send(key, [pageView(moved, "/next")]);
  expect(await heldOut()).toBe(true);
  vi.setSystemTime(rotation + 3_600_000);
  await send(key, [pageView(moved, "/")]);
  expect(await heldOut()).toBe(false);
});

test("API65: days are read within one period, from its draw on, whatever the span and the zone", async () => {
  const holdout_draw = { seed: "hld_test", at: at("2027-02-10T09:00:00Z") };
  for (const timezone of ["UTC", "Europe/Paris", "America/New_York", "Pacific/Auckland"]) {
    const { key } = await makeSite({ global_holdout: 0.1, holdout_draw, timezone });
    const settings = SiteSettings.parse({ key, name: key, global_holdout: 0.1, holdout_draw, timezone });
    const window = (now: string) => holdoutWindow(env, key, settings, { to: at(now), now: at(now) });
    const before = await window("2027-03-31T12:00:00Z");
    expect(before.since).toBe(holdout_draw.at + 15_000);
    expect(before.to).toBeGreaterThan(at("2027-03-20"));
    for (let day = 0; day < 120; day += 1) {
      const now = at("2027-03-25T12:00:00Z") + day * DAY;
      const read = await holdoutWindow(env, key, settings, { to: now, now });
      const period = holdoutPeriod(settings, read.from);
      expect(read.from).toBeGreaterThanOrEqual(read.since);
      expect(read.to).toBeLessThanOrEqual(period.until);
      expect(read.since).toBe(period.since);
    }
    expect(await window("2027-04-10T12:00:00Z")).toMatchObject({ since: at("2027-04-01") });
  }
});

test("API65: where nothing was kept of the draw, it is read since its share was set", async () => {
  vi.setSystemTime(at("2026-11-23T12:00:00Z"));
  const { key } = await makeSite({ global_holdout: 0.1, timezone: "UTC" });
  const settings = SiteSettings.parse({ key, name: key, global_holdout: 0.1, timezone: "UTC" });
  const window = (now: string) => holdoutWindow(env, key, settings, { to: at(now), now: at(now) });
  expect(await window("2026-12-20")).toMatchObject({ since: 0 });
  expect(await window("2027-02-20")).toMatchObject({ since: at("2027-01-01") });
});
