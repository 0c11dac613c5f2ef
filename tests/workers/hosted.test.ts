/** The hosted page as the Worker writes it into a page of the same parts; the built one is opened in a browser elsewhere. */
import { env } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import type { SiteSettings } from "../../domain/site/settings.ts";
import { pageLocale } from "../../workers/hosted/words.ts";
import worker from "../../workers/index.ts";
import { makeSite } from "./site.ts";

const PAGE = `<!doctype html><html lang="fr"><head><title>?</title></head><body><main><h1></h1><p class="sentence"></p>
<p class="zone"></p><button type="button" hidden></button><noscript><p></p></noscript><section hidden><h2></h2><dl></dl>
</section></main></body></html>`;
const assets = {
  fetch: () => Promise.resolve(new Response(PAGE, { headers: { "content-type": "text/html" } })),
};
const withPage = new Proxy(env, {
  get: (target, name) => (name === "ASSETS" ? assets : (Reflect.get(target, name) as unknown)),
});

function get(path: string, headers: Record<string, string> = {}): Promise<Response> | Response {
  return worker.fetch(
    new Request(`http://localhost${path}`, { headers }),
    withPage,
    createExecutionContext(),
  );
}

const OFFICE: SiteSettings["business_hours"] = [
  { dayOfWeek: ["Monday", "Tuesday"], opens: "09:00", closes: "12:00" },
  { dayOfWeek: ["Monday"], opens: "14:00", closes: "18:00" },
];

test("R-A31: the page names the site, says how things stand and when it opens, and what a site is called is text", async () => {
  const name = `<script>"Lin" & Cie</script>`;
  const { key } = await makeSite({ name, business_hours: OFFICE });
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-21T11:00:00Z") });
  const response = await get(`/c/${key}?utm_source=x`);
  const html = await response.text();
  vi.useRealTimers();
  expect(response.status).toBe(200);
  expect(html).toContain(`<h1>&lt;script&gt;"Lin" &amp; Cie&lt;/script&gt;</h1>`);
  expect(html).toContain("De retour lundi à\u00a009:00.");
  expect(html).toContain("Heure de Paris");
  expect(html).toContain(`<script async src="/b.js" data-key="${key}"></script>`);
  expect(html).toContain("<dt>lundi</dt><dd>09:00 – 12:00, 14:00 – 18:00</dd>");
  expect(html).toContain(`<div class="today"><dt>samedi</dt><dd>Fermé</dd></div>`);
});

test("R-A32: the page is in no search engine, sets no cookie, runs no script but ours and is in nobody's frame", async () => {
  const { key } = await makeSite();
  const { headers } = await get(`/c/${key}`);
  const policy = headers.get("content-security-policy") ?? "";
  expect(headers.get("set-cookie")).toBeNull();
  expect(headers.get("x-robots-tag")).toBe("noindex");
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "connect-src 'self' ws://localhost",
  ]) {
    expect(policy).toContain(part);
  }
  expect(policy).not.toContain("unsafe");
});

test("R-A33: its language is the link's, else the browser's, else the site's; an unknown site is a page that says so", async () => {
  const { key } = await makeSite({ name: "Lin", locale: "fr" });
  const langOf = async (query: string, accepted?: string) => {
    const headers = accepted === undefined ? {} : { "accept-language": accepted };
    return /<html lang="(..)"/.exec(await (await get(`/c/${key}${query}`, headers)).text())?.[1];
  };
  expect(await langOf("")).toBe("fr");
  expect(await langOf("", "en-GB,en;q=0.9")).toBe("en");
  expect(await langOf("?lang=fr", "en")).toBe("fr");
  expect(await langOf("?lang=de", "de, en;q=0.8, fr;q=0.9")).toBe("fr");
  const lost = await get("/c/nobody-here?lang=en");
  expect(lost.status).toBe(404);
  const html = await lost.text();
  expect(html).toContain("This page does not exist");
  expect(html).not.toContain("b.js");
  expect(html).not.toContain("<button");
  expect((await get("/c/%3Cscript%3E")).status).toBe(404);
});

test("R-A33: whatever a browser says it reads, the language is one of ours", () => {
  for (const stated of ["", ";q=", "en;q=x", "*", "fr;q=0", "x".repeat(9_000), "EN-us;q=0.1,xx"]) {
    expect(["fr", "en"]).toContain(pageLocale(undefined, stated, "fr"));
  }
  expect(pageLocale(undefined, "fr;q=0", "en")).toBe("en");
  expect(pageLocale(undefined, "EN-us;q=0.1,xx", "fr")).toBe("en");
});

test("R-A36: a site that hides when nobody is there shows its name and hours, and opens nothing", async () => {
  const { key } = await makeSite({ availability: { closed: ["hide"] }, business_hours: OFFICE });
  const html = await (await get(`/c/${key}`)).text();
  expect(html).not.toContain("b.js");
  expect(html).toContain("hidden");
  expect(html).toContain("<dt>lundi</dt>");
});

test("R-A37: its page may speak for a site that names its own origins, another page may not", async () => {
  const { key } = await makeSite({ allowed_origins: ["https://shop.example"] });
  const tell = async (origin: string) => {
    const body = JSON.stringify({
      writeKey: key,
      anonymousId: "ada",
      type: "page",
      messageId: crypto.randomUUID(),
    });
    const request = new Request("http://localhost/v1/page", { method: "POST", body, headers: { origin } });
    return (await worker.fetch(request, env, createExecutionContext())).status;
  };
  expect(await tell("http://localhost")).toBe(200);
  expect(await tell("https://shop.example")).toBe(200);
  expect(await tell("https://evil.example")).toBe(403);
});

test("R-A38: a QR code is a picture of the link with its campaign, and of nothing else that the address carries", async () => {
  const { key } = await makeSite();
  const code = await get(`/c/${key}/qr.svg?utm_source=affiche&evil=1`);
  expect(code.headers.get("content-type")).toContain("image/svg+xml");
  expect(code.headers.get("content-security-policy")).toContain("sandbox");
  const svg = await code.text();
  expect(svg).toMatch(/^<svg[^>]*>(?:<(?:rect|path)[^>]*\/>)+<\/svg>$/);
  expect(await (await get(`/c/${key}/qr.svg?utm_source=affiche`)).text()).toBe(svg);
  expect(await (await get(`/c/${key}/qr.svg?utm_source=autre`)).text()).not.toBe(svg);
  expect((await get(`/c/${key}/qr.svg?utm_source=${"x".repeat(101)}`)).status).toBe(400);
  expect((await get("/c/nobody-here/qr.svg")).status).toBe(404);
});
