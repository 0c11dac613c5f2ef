/** A campaign tried out in one browser (`docs/rules/creatives.md`, T98 and T99). */
import { env, exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { visitorObject } from "../../workers/site/visitor.ts";
import { makeSite, pageView, send } from "./site.ts";

const drafted = {
  id: "cmp_draft",
  status: "draft" as const,
  kind: "offer" as const,
  condition: { "page.path": "/cart" },
  holdout: 1,
  caps: { per_visitor: 1 },
  variants: [
    { key: "a", weight: 1, creative: { fr: { title: "A" } } },
    { key: "b", weight: 1, creative: { fr: { title: "B" } } },
  ],
};

function api(method: string, path: string, apiKey: string, body?: unknown): Promise<Response> {
  return exports.default.fetch(`http://localhost/api${path}`, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function marked(site: { key: string; apiKey: string }, id: string, variant?: string): Promise<string> {
  const made = await api("POST", `/sites/${site.key}/campaigns/${id}/test-link`, site.apiKey, {
    url: "https://shop.example/",
    variant,
  });
  expect(made.status).toBe(201);
  const { url, expires_at } = (await made.json()) as { url: string; expires_at: string };
  expect(Date.parse(expires_at)).toBeGreaterThan(Date.now());
  return new URL(url).search;
}

/** A page view whose address carries `search`. */
function viewOf(visitor: string, path: string, search = "", view: string = crypto.randomUUID()) {
  const page = { url: `https://shop.example${path}${search}`, path, view_id: view };
  return { ...pageView(visitor, path), context: { page } };
}

describe("a campaign tried out", () => {
  test("T98: the marked browser sees the draft wherever its condition holds, again and again, whatever caps and arm say", async () => {
    const site = await makeSite({ campaigns: [drafted] });
    const search = await marked(site, drafted.id, "b");
    const home = await send(site.key, [viewOf("ada", "/", search)]);
    expect(home.decisions).toEqual([]);
    for (let time = 0; time < 2; time += 1) {
      const cart = await send(site.key, [viewOf("ada", "/cart")]);
      expect(cart.decisions).toMatchObject([
        { campaign: drafted.id, variant: "b", creative: { title: "B" } },
      ]);
    }
    const other = await send(site.key, [viewOf("bea", "/cart")]);
    expect(other.decisions).toEqual([]);
  });

  test("T98: nothing of it is kept: no exposure, and what is answered is acknowledged and forgotten", async () => {
    const site = await makeSite({ campaigns: [{ ...drafted, condition: {} }] });
    const { decisions } = await send(site.key, [viewOf("ada", "/", await marked(site, drafted.id))]);
    const decision_id = decisions[0]?.id;
    const answered = await send(site.key, [
      {
        type: "track",
        event: "Engagement Accepted",
        anonymousId: "ada",
        messageId: "m-1",
        properties: { decision_id },
      },
    ]);
    expect(answered).toMatchObject({ success: true, rejected: [] });
    const snapshot = await visitorObject(env, site.key, "ada").snapshot();
    expect(snapshot?.engagement).toEqual([]);
  });

  test("T99: a link is made by the site's admins for its own pages, and opens nothing of another site", async () => {
    const site = await makeSite({
      campaigns: [{ ...drafted, condition: {} }],
      allowed_origins: ["https://shop.example"],
    });
    const other = await makeSite({ campaigns: [{ ...drafted, id: "cmp_other", condition: {} }] });
    const search = await marked(site, drafted.id);
    expect((await send(other.key, [viewOf("ada", "/", search)])).decisions).toEqual([]);
    const forged = search.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    const tampered = `${search.slice(0, 40)}x${search.slice(41)}`;
    for (const wrong of [tampered, "?aparte_test=", "?aparte_test=nonsense", `${forged}x`]) {
      expect((await send(site.key, [viewOf("eve", "/", wrong)])).decisions).toEqual([]);
    }
    const path = `/sites/${site.key}/campaigns/${drafted.id}/test-link`;
    const elsewhere = await api("POST", path, site.apiKey, { url: "https://evil.example/" });
    expect(elsewhere.status).toBe(400);
    expect(await elsewhere.json()).toMatchObject({ error: { path: "url" } });
    expect((await api("POST", path, site.apiKey, { url: "javascript:alert(1)" })).status).toBe(400);
    expect((await api("POST", path, other.apiKey, { url: "https://shop.example/" })).status).toBe(404);
    const unknown = `/sites/${site.key}/campaigns/cmp_other/test-link`;
    for (const body of [{ url: "https://shop.example/" }, { url: 5 }, {}]) {
      expect((await api("POST", unknown, site.apiKey, body)).status).toBe(404);
    }
  });
});
