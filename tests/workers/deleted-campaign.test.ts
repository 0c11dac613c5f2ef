/** A campaign that was deleted is still in what it did. */
import { exports } from "cloudflare:workers";
import { beforeEach, expect, test, vi } from "vitest";
import * as z from "zod";
import { seen } from "./eligible.ts";
import { FROM, NOW, tell } from "./rollup-world.ts";
import { makeSite } from "./site.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));

type Site = { key: string; apiKey: string };
const Overview = z.object({
  campaigns: z.array(z.object({ id: z.string(), status: z.string(), visitors: z.int() })),
});

function ask({ key, apiKey }: Site, method: string, path: string, body?: object) {
  return exports.default.fetch(`http://localhost/api/sites/${key}${path}`, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function campaign(site: Site, status: string): Promise<string> {
  const variants = [{ key: "a", creative: { fr: { title: "x" } } }];
  const made = await ask(site, "POST", "/campaigns", { name: "C", kind: "content", status, variants });
  return z.object({ id: z.string() }).parse(await made.json()).id;
}

test("API66: a deleted campaign's result is read as before, and it stays among what was earned, called deleted", async () => {
  const site = await makeSite({ timezone: "UTC" });
  const id = await campaign(site, "live");
  const draft = await campaign(site, "draft");
  await tell(
    site.key,
    ["ada", "bob"].flatMap((name) => seen(name, id)),
  );
  const result = async (path = `/campaigns/${id}/results`) => {
    const answer = await ask(site, "GET", path);
    expect(answer.status).toBe(200);
    return z.looseObject({ name: z.string(), status: z.string() }).parse(await answer.json());
  };
  const earned = async () => {
    const span = `from=${new Date(FROM).toISOString()}&to=${new Date(NOW + 86_400_000).toISOString()}`;
    return Overview.parse(await (await ask(site, "GET", `/overview?${span}`)).json()).campaigns;
  };
  const before = await result();
  expect(before).toMatchObject({ name: "C", status: "live", arms: { treated: { visitors: 2 } } });
  const kept = (await earned()).filter((row) => row.id === id);
  expect((await ask(site, "DELETE", `/campaigns/${id}`)).status).toBe(204);
  expect((await ask(site, "DELETE", `/campaigns/${draft}`)).status).toBe(204);
  expect((await ask(site, "GET", `/campaigns/${id}`)).status).toBe(404);
  expect(await result()).toMatchObject({ name: "C", status: "deleted", arms: before["arms"] });
  expect((await ask(site, "GET", `/campaigns/${draft}/results`)).status).toBe(404);
  expect(kept).toEqual([{ id, status: "live", visitors: 2 }]);
  expect(await earned()).toEqual([{ id, status: "deleted", visitors: 2 }]);
});

test("API66: another site's is not found, deleted or not", async () => {
  const [own, other] = [await makeSite(), await makeSite()];
  const id = await campaign(own, "live");
  await ask(own, "DELETE", `/campaigns/${id}`);
  expect((await ask(other, "GET", `/campaigns/${id}/results`)).status).toBe(404);
});
