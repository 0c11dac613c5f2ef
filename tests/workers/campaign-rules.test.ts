/** Rules T101 and T102: what a campaign must be beyond its shape, through the API. */
import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import * as z from "zod";
import { makeSite } from "./site.ts";

type Site = { key: string; apiKey: string };
type Body = Record<string, unknown>;

const Refusal = z.strictObject({
  error: z.strictObject({ code: z.literal("invalid"), message: z.string(), path: z.string() }),
});
const Saved = z.looseObject({ id: z.string(), version: z.int() });

function ask(site: Site, method: string, path: string, body: Body, version?: number): Promise<Response> {
  return exports.default.fetch(`http://localhost/api/sites/${site.key}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${site.apiKey}`,
      "content-type": "application/json",
      ...(version === undefined ? {} : { "if-match": `"${version}"` }),
    },
    body: JSON.stringify(body),
  });
}

/** The place and the words of a refusal, which must be one. */
async function refused(answer: Promise<Response>): Promise<[path: string, message: string]> {
  const response = await answer;
  expect(response.status).toBe(400);
  const { error } = Refusal.parse(await response.json());
  return [error.path, error.message];
}

async function kept(answer: Promise<Response>): Promise<z.infer<typeof Saved>> {
  const response = await answer;
  expect(`${response.status} ${await response.clone().text()}`).toMatch(/^20[01] /);
  return Saved.parse(await response.json());
}

const variant = (key: string, weight: number) => ({ key, weight, creative: { fr: { title: "Bonjour" } } });
const campaign = (more: Body = {}): Body => ({
  name: "Essai",
  kind: "chat",
  variants: [variant("a", 1)],
  ...more,
});
const day = (validFrom: string | null, validThrough: string | null) => ({
  dayOfWeek: ["Monday"],
  opens: "09:00",
  closes: "18:00",
  validFrom,
  validThrough,
});

/** A site with a goal and a skill. */
async function makeShop(): Promise<Site> {
  const site = await makeSite();
  await kept(ask(site, "POST", "/goals", { key: "quote", name: "Devis", kind: "lead" }));
  await kept(ask(site, "POST", "/skills", { key: "sizes", name: "Tailles" }));
  return site;
}

test("T101: hours whose last day is before their first are refused, of a campaign and of its site", async () => {
  const site = await makeShop();
  const reversed = day("2026-12-24", "2026-12-20");
  const hours = [day("2026-12-20", "2026-12-20"), day(null, "2026-12-20"), reversed];
  const [path, message] = await refused(
    ask(site, "POST", "/campaigns", campaign({ schedule: { hours, business_hours: null } })),
  );
  expect(path).toBe("schedule.hours.2.validThrough");
  expect(message).toMatch(/2026-12-20 is before validFrom 2026-12-24.*swap them/);
  const { id } = await kept(
    ask(site, "POST", "/campaigns", campaign({ schedule: { hours: hours.slice(0, 2) } })),
  );
  const later = ask(site, "PATCH", `/campaigns/${id}`, { schedule: { hours: [reversed] } }, 1);
  expect((await refused(later))[0]).toBe("schedule.hours.0.validThrough");

  const settings = ask(site, "PATCH", "", { business_hours: [reversed] }, 1);
  expect((await refused(settings))[0]).toBe("business_hours.0.validThrough");
});

test("T101: a goal or a skill that the site does not have is refused, and the nearest is named", async () => {
  const site = await makeShop();
  const { id } = await kept(ask(site, "POST", "/campaigns", campaign({ goal: "quote", skill: "sizes" })));
  const [goal, nearest] = await refused(ask(site, "POST", "/campaigns", campaign({ goal: "quotes" })));
  expect([goal, nearest]).toEqual(["goal", expect.stringContaining('did you mean "quote"?')]);
  const skill = await refused(ask(site, "PATCH", `/campaigns/${id}`, { skill: "care" }, 1));
  expect(skill).toEqual(["skill", expect.stringContaining('did you mean "sizes"?')]);
  const other = await makeSite();
  const foreign = await refused(ask(other, "POST", "/campaigns", campaign({ goal: "quote" })));
  expect(foreign).toEqual(["goal", expect.stringContaining("the site has none yet")]);
});

test("T101: what went meanwhile is refused when the campaign goes live", async () => {
  const site = await makeShop();
  const { id: goal } = await kept(ask(site, "POST", "/goals", { key: "call", name: "Appel", kind: "lead" }));
  const { id } = await kept(ask(site, "POST", "/campaigns", campaign({ goal: "call" })));
  expect((await ask(site, "DELETE", `/goals/${goal}`, {})).status).toBe(204);
  const live = ask(site, "PATCH", `/campaigns/${id}`, { status: "live" }, 1);
  expect((await refused(live))[0]).toBe("goal");
});

test("T101: weights that are all 0 may stand in a draft, and are refused where it is live", async () => {
  const site = await makeShop();
  const nobody = { variants: [variant("a", 0), variant("b", 0)] };
  const { id } = await kept(ask(site, "POST", "/campaigns", campaign(nobody)));
  const [path, message] = await refused(ask(site, "PATCH", `/campaigns/${id}`, { status: "live" }, 1));
  expect([path, message]).toEqual(["variants.0.weight", expect.stringContaining("at least one variant")]);
  const some = { variants: [variant("a", 0), variant("b", 0.1)], status: "live" };
  await kept(ask(site, "PATCH", `/campaigns/${id}`, some, 1));
});

test("T102: a campaign that could no longer be saved can be paused and ended, and goes on only once mended", async () => {
  const site = await makeSite({ campaigns: [{ id: "cmp_old", goal: "gone", skill: "gone" }] });
  const change = (body: Body, version: number) => ask(site, "PATCH", "/campaigns/cmp_old", body, version);
  await kept(change({ status: "paused" }, 1));
  expect((await refused(change({ status: "live" }, 2)))[0]).toBe("goal");
  await kept(change({ goal: null, skill: null, status: "live" }, 2));
  await kept(change({ status: "ended" }, 3));
});
