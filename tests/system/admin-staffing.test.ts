/** The staffing screen in a real browser, over weeks of a desk's history in a server of its own. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Papa from "papaparse";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningServer, startServer } from "../../scripts/server.ts";
import { WireIntraday } from "../../domain/staffing/intraday-wire.ts";
import { durationWords } from "../../domain/words/duration-words.ts";
import { deskHistory, keepDesk } from "../fixtures/desk-history.ts";
import { type AdminPage, enterAdmin, type Look, violations } from "./admin-page.ts";
import { launchBrowser } from "./browser.ts";
import { DEMO_API_KEY, post, signIn } from "./demo-api.ts";

const DAY_MS = 86_400_000;
const NOW = Date.now();
const TODAY = NOW - (NOW % DAY_MS);
const isSunday = (at: number) => new Date(at).getUTCDay() === 0;
const dateOf = (at: number) => new Date(at).toISOString().slice(0, 10);
/** A day to come and one that is over, on both of which somebody works. */
const AHEAD = dateOf(isSunday(TODAY + DAY_MS) ? TODAY + 2 * DAY_MS : TODAY + DAY_MS);
const OVER = dateOf(isSunday(TODAY - DAY_MS) ? TODAY - 2 * DAY_MS : TODAY - DAY_MS);
const HOURS = [
  {
    dayOfWeek: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
    opens: "09:00",
    closes: "19:00",
  },
];

const history = deskHistory(TODAY, NOW, 35);
const state = mkdtempSync(join(tmpdir(), "aparte-staffing-"));
let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  server = await startServer({ port: 0, stateDir: state });
  const database = await server.miniflare.getD1Database("DB");
  const cookie = await signIn(server.url, "admin@demo.test");
  for (const key of ["desk", "fresh", "silent"]) {
    const site = { key, name: `Atelier ${key}`, timezone: "UTC", business_hours: HOURS };
    await post(`${server.url}/api/sites`, site, { cookie, origin: server.url });
  }
  await keepDesk(database, "desk", history, await liveCampaign(cookie));
  await keepDesk(database, "fresh", deskHistory(TODAY, NOW, 2, 0.5), "cmp_none");
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await server.stop();
  rmSync(state, { recursive: true, force: true });
});

/** A campaign of the desk's site, which invited some of those who wrote. */
async function liveCampaign(cookie: string): Promise<string> {
  const variants = [{ key: "a", weight: 1, creative: { en: { title: "Hello", text: "Can we help?" } } }];
  const body = { name: "Cart help", kind: "chat", status: "live", variants };
  const path = `${server.url}/api/sites/desk/campaigns`;
  const { id } = await post<{ id: string }>(path, body, { cookie, origin: server.url });
  return id;
}

/** A signed-in page at a site's staffing. */
async function enter(site: string, query = "", look?: Look): Promise<AdminPage> {
  const admin = await enterAdmin(browser, server.url, look);
  await admin.page.goto(`${server.url}/admin/${site}/staffing${query}`);
  return admin;
}

async function drawn(page: Page): Promise<void> {
  await page.locator(".plot").nth(1).waitFor();
}

test("STA13: the sentence, both drawings, the ways out and the week say the same of a day to come", async () => {
  const { context, page, complaints } = await enter("desk", `?date=${AHEAD}&within_seconds=30`);
  await drawn(page);
  await page.getByText(/^About \d+ chats are foretold\. From 1[67]:\d\d you will be/).waitFor();
  expect(await page.locator(".sentence em").textContent()).toMatch(/agents? short/);
  await page.getByText(/^short from 1[67]:\d\d$/).waitFor();
  expect(await page.locator(".plot pattern#staffing-hatch").count()).toBe(1);
  expect(
    await page.locator("[fill='url(#staffing-hatch)'] rect, rect[fill='url(#staffing-hatch)']").count(),
  ).toBeGreaterThan(0);

  const more = page.getByRole("listitem").filter({ hasText: "One agent more" });
  await more
    .getByText(/\d+% in time becomes \d+%\s· \d+% leaving becomes \d+%\s· the day’s \d+% becomes \d+%/)
    .waitFor();
  await page.getByText(/places an agent: 2 \(measured, n \d+\)/).waitFor();
  const cells = await page.locator(".week-map td").allTextContents();
  expect(cells.filter((cell) => cell.startsWith("−")).length).toBeGreaterThan(0);
  expect(complaints).toEqual([]);
  await context.close();
});

test("STA13: the day stands as a table and as a file, and a day of the week's picture is a step away, by keyboard", async () => {
  const { context, page, complaints } = await enter("desk", `?date=${OVER}`);
  await drawn(page);
  const asTable = page.locator(".staffing-day").getByRole("button", { name: "Show as table" });
  await asTable.focus();
  await page.keyboard.press("Enter");
  const rows = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "12:00" }) });
  await rows.first().waitFor();
  expect(await page.getByRole("columnheader", { name: "Needed, Erlang A" }).count()).toBe(1);

  const saving = page.waitForEvent("download");
  const data = await csvOf(page, page.locator(".staffing-day"));
  expect((await saving).suggestedFilename()).toBe(`aparte-staffing-${OVER}.csv`);
  const answer = await page.request.get(`${server.url}/api/sites/desk/intraday?date=${OVER}`);
  const told = (await answer.json()) as { intervals: { from: string; arrivals: number; forecast: number }[] };
  expect(data.map((row) => [row["From"], Number(row["Came"]), Number(row["Forecast"])])).toEqual(
    told.intervals.map(({ from, arrivals, forecast }) => [from, arrivals, forecast]),
  );

  await page.getByRole("button", { name: "The day after" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.searchParams.get("date") !== OVER);
  await page.locator(".week-map th button").first().focus();
  await page.keyboard.press("Enter");
  await page.locator(".week-map th[aria-current]").first().waitFor();
  expect(new Date(new URL(page.url()).searchParams.get("date") ?? "").getUTCDay()).toBe(1);
  await page.getByText(/were answered within 1\smin; the aim is 80%/).waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test("STA14: too short a history, a missing handle time, nothing at all and a failure each say what to do", async () => {
  const fresh = await enter("fresh", `?date=${OVER}`);
  await fresh.page.getByText(/A forecast needs 1[0-4] days more/).waitFor();
  await fresh.page.getByText("The day is over.").waitFor();
  await fresh.page.getByLabel("One chat takes (seconds)").waitFor();
  await fresh.page.getByLabel("One chat takes (seconds)").fill("540");
  await fresh.page.getByLabel("Visitors wait (seconds)").fill("75");
  await fresh.page.getByRole("button", { name: "Reckon with these" }).click();
  await fresh.page.getByText(/patience: 1\smin\s15\ss \(assumed\)/).waitFor();
  expect(new URL(fresh.page.url()).searchParams.get("handle_seconds")).toBe("540");
  expect(fresh.complaints).toEqual([]);
  await fresh.context.close();

  const silent = await enter("silent");
  await silent.page.getByRole("heading", { name: "No chat has come yet" }).waitFor();
  await silent.page.route("**/intraday*", (route) => route.abort());
  await silent.page.getByRole("button", { name: "The day before" }).click();
  await silent.page.getByRole("alert").getByText("The staffing could not be read").waitFor();
  await silent.page.unroute("**/intraday*");
  await silent.page.getByRole("alert").getByRole("button", { name: "Try again" }).click();
  await silent.page.getByRole("heading", { name: "No chat has come yet" }).waitFor();
  await silent.context.close();
});

test("STA21: waiting stands by its median and nine in ten, on the screen, in the table and in the file, in both languages", async () => {
  const answer = await fetch(`${server.url}/api/sites/desk/intraday?date=${OVER}`, {
    headers: { cookie: await signIn(server.url, "admin@demo.test") },
  });
  const told = WireIntraday.parse(await answer.json());
  const { median_seconds: median, p90_seconds: p90, n } = told.so_far?.waiting ?? { n: 0 };
  expect([n > 0, (p90 ?? 0) > (median ?? 0)]).toEqual([true, true]);
  const busy = told.intervals.filter(({ reached }) => (reached?.waiting.n ?? 0) > 0);
  for (const [locale, words] of [
    ["en-GB", { waiting: "Waiting, median", handling: "Handling, 90th percentile", table: "Show as table" }],
    ["fr-FR", { waiting: "Attente, médiane", handling: "Traitement, 90e centile", table: "Voir en tableau" }],
  ] as const) {
    const { context, page, complaints } = await enter("desk", `?date=${OVER}`, { locale });
    await drawn(page);
    const figure = page.locator("[data-figure=waiting]");
    expect(await figure.locator(".kpi-value").textContent()).toBe(durationWords(median ?? 0));
    expect(await figure.locator(".note").first().textContent()).toContain(durationWords(p90 ?? 0));
    const data = await csvOf(page, page.locator(".staffing-day"));
    const written = data.filter((row) => row[`${words.waiting} (s)`] !== "");
    expect(written.map((row) => Number(row[`${words.waiting} (s)`]))).toEqual(
      busy.map(({ reached }) => reached?.waiting.median_seconds),
    );
    await page.locator(".staffing-day").getByRole("button", { name: words.table }).click();
    await page.getByRole("columnheader", { name: words.waiting }).waitFor();
    await page.getByRole("columnheader", { name: words.handling }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  }
});

test("STA21: the week's hours stand as a table and as a file, in both languages", async () => {
  for (const [locale, words] of [
    ["en-GB", { table: "Show as table", hour: "Hour", gap: "Gap" }],
    ["fr-FR", { table: "Voir en tableau", hour: "Heure", gap: "Écart" }],
  ] as const) {
    const { context, page, complaints } = await enter("desk", `?date=${AHEAD}&within_seconds=30`, { locale });
    await drawn(page);
    const week = page.locator("section[aria-labelledby=staffing-week]");
    const short = (await week.locator(".week-map td").allTextContents()).filter((cell) =>
      cell.startsWith("−"),
    );
    await week.getByRole("button", { name: words.table }).focus();
    await page.keyboard.press("Enter");
    await week.getByRole("columnheader", { name: words.gap }).waitFor();
    expect(await week.locator("tr.short").count()).toBe(short.length);
    await sound(page, `week, ${locale}`);
    const folder = process.env["SCREENSHOTS_DIR"];
    if (folder !== undefined)
      await page.screenshot({ path: join(folder, `week table ${locale}.png`), fullPage: true });
    const data = await csvOf(page, week);
    expect(data).toHaveLength(7 * 24);
    expect(data[9]?.[words.hour]).toBe("09:00");
    expect(data.filter((row) => Number(row[words.gap]) < 0)).toHaveLength(short.length);
    expect(complaints).toEqual([]);
    await context.close();
  }
});

test.each([
  ["en-GB", { beside: "Beside", before: "before: ", clock: /up to \d\d:\d\d, the same time of day/ }],
  ["fr-FR", { beside: "Par rapport au", before: "avant : ", clock: /jusqu’à \d+ h \d\d, à la même heure/ }],
] as const)(
  "STA23: the day stands beside the same weekday a week before, named with its date, on screen and in the file, %s",
  async (lang, words) => {
    const plain = (text: string | null) => (text ?? "").replaceAll(/[\u00a0\u202f]/g, " ");
    const { context, page, complaints } = await enter("desk", `?date=${OVER}`, { locale: lang });
    await drawn(page);
    const answer = await page.request.get(`${server.url}/api/sites/desk/intraday?date=${OVER}`);
    const { so_far: now, week_before: before } = WireIntraday.parse(await answer.json());
    const other = dateOf(Date.parse(OVER) - 7 * DAY_MS);
    expect(before).toMatchObject({ date: other, until: null });
    const told = before?.told;
    if (told == null || now === null) throw new Error("both days are kept");
    const line = page.locator(".staffing-beside");
    const named = new Intl.DateTimeFormat(lang, {
      weekday: "long",
      day: "numeric",
      month: "long",
      timeZone: "UTC",
    }).format(Date.parse(other));
    expect(plain(await line.textContent())).toContain(`${words.beside} ${named}`);
    expect(plain(await line.textContent())).not.toMatch(words.clock);
    expect(plain(await line.locator("[data-figure=arrivals]").textContent())).toContain(
      String(told.reached.arrivals),
    );
    for (const [figure, key, value] of [
      ["answered", "service_level", told.reached.service_level.numerator],
      ["left", "abandonment", told.reached.abandonment.numerator],
      ["waiting", "waiting", durationWords(told.reached.waiting.median_seconds ?? 0)],
    ] as const) {
      const tile = page.locator(`.staffing-figures [data-figure=${figure}]`);
      expect(plain(await tile.textContent())).toContain(words.before);
      expect(plain(await tile.locator(".note").last().textContent())).toContain(plain(String(value)));
      const isSure = (told.differences[key]?.p ?? 1) <= 0.05;
      const tone = await tile.locator(".change").getAttribute("class");
      expect([figure, tone === "change quiet"]).toEqual([figure, !isSure]);
    }
    const file = await csvOf(page, line);
    expect(file.map((row) => row["figure"])).toEqual([
      "arrivals",
      "service_level",
      "waiting",
      "abandonment",
      "occupancy",
    ]);
    for (const row of file) expect([row["date"], row["before_date"]]).toEqual([OVER, other]);
    expect(file[0]).toMatchObject({
      value: String(now.arrivals),
      before: String(told.reached.arrivals),
      change: String(now.arrivals - told.reached.arrivals),
      change_low: "",
    });
    expect(file[1]?.["change_p"]).toBe(String(told.differences.service_level?.p ?? ""));

    // Today goes on: as much of the other day as of this one. A day to come is beside none.
    await page.goto(`${server.url}/admin/desk/staffing`);
    await drawn(page);
    expect(plain(await line.textContent())).toMatch(words.clock);
    await page.goto(`${server.url}/admin/desk/staffing?date=${AHEAD}`);
    await drawn(page);
    expect(await line.count()).toBe(0);
    expect(await page.locator(".staffing-figures .change").count()).toBe(0);
    // What is no longer kept is named, and nothing is compared.
    await page.route("**/intraday*", async (route) => {
      const real = await route.fetch();
      const body = WireIntraday.parse(await real.json());
      await route.fulfill({ json: { ...body, week_before: { date: other, until: null, told: null } } });
    });
    await page.goto(`${server.url}/admin/desk/staffing?date=${OVER}`);
    await drawn(page);
    expect(plain(await line.textContent())).toContain(named);
    expect(await page.locator(".staffing-figures .change").count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  },
);

/** The rows of the file that `part` of the page gives. */
async function csvOf(page: Page, part: Locator): Promise<Record<string, string>[]> {
  const saving = page.waitForEvent("download");
  await part.getByRole("button", { name: "CSV" }).click();
  const file = await saving;
  const text = readFileSync(await file.path(), "utf8").replace(/^\uFEFF/, "");
  return Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data;
}

const SCREENS = [
  ["ahead", "desk", `?date=${AHEAD}&within_seconds=30`],
  ["today", "desk", ""],
  ["over", "desk", `?date=${OVER}`],
  ["fresh", "fresh", `?date=${OVER}`],
  ["silent", "silent", ""],
] as const;
const WAYS: [string, Look, number][] = [
  ["in English", {}, SCREENS.length],
  ["in French, dark", { locale: "fr-FR", dark: true }, SCREENS.length],
  ["in English, dark", { dark: true }, 1],
  ["in French", { locale: "fr-FR" }, 1],
  ["in French, on a phone", { locale: "fr-FR", phone: true }, 2],
];

test.each(WAYS)(
  "STA13 STA14: no accessibility violation and no scrolling sideways, %s",
  async (how, look, screens) => {
    for (const [name, site, query] of SCREENS.slice(0, screens)) {
      const { context, page, complaints } = await enter(site, query, look);
      if (name === "silent") await page.locator(".empty").waitFor();
      else await drawn(page);
      expect(await page.locator("h1").textContent()).toContain(
        look.locale === "fr-FR" ? "Effectifs" : "Staffing",
      );
      const folder = process.env["SCREENSHOTS_DIR"];
      if (folder !== undefined)
        await page.screenshot({ path: join(folder, `${name} ${how}.png`), fullPage: true });
      await sound(page, name);
      if (name === "ahead") {
        await page.locator(".chart-links button").first().click();
        await page.locator(".staffing-tall table").waitFor();
        await sound(page, `${name}, table`);
        if (folder !== undefined)
          await page.screenshot({ path: join(folder, `table ${how}.png`), fullPage: true });
      }
      expect(complaints).toEqual([]);
      await context.close();
    }
  },
);

async function sound(page: Page, name: string): Promise<void> {
  expect([name, await violations(page)]).toEqual([name, []]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
}

test("STA9 STA10 STA11: the API tells the day's history by quarter hours, its own figures with their n, and what would help", async () => {
  const cookie = await signIn(server.url, "admin@demo.test");
  const read = async (query: string): Promise<WireIntraday> => {
    const answer = await fetch(`${server.url}/api/sites/desk/intraday?${query}`, { headers: { cookie } });
    return WireIntraday.parse(await answer.json());
  };
  const over = await read(`date=${OVER}&within_seconds=30`);
  const from = Date.parse(OVER);
  const own = history.conversations.filter(({ createdAt }) => createdAt >= from && createdAt < from + DAY_MS);
  const soon = own.filter((one) => one.answeredAt !== null && one.answeredAt - one.createdAt <= 30_000);
  expect(over.intervals.reduce((sum, one) => sum + (one.arrivals ?? 0), 0)).toBe(own.length);
  expect(over.so_far).toMatchObject({
    arrivals: own.length,
    service_level: { numerator: soon.length, denominator: own.length },
  });
  expect(over.model).toMatchObject({
    name: "erlang_a",
    handle_seconds: { source: "measured" },
    patience_seconds: { source: "measured" },
    concurrency: { value: 2, source: "measured" },
    concurrency_used: 2,
  });
  expect(over.model.patience_seconds.n).toBeGreaterThan(100);
  expect(over.forecast?.days_read).toBeGreaterThanOrEqual(30);
  expect(over.remedies).toEqual([]);

  const ahead = await read(`date=${AHEAD}&within_seconds=30`);
  expect(ahead.so_far).toBeNull();
  expect(ahead.intervals[70]).toMatchObject({
    reached: null,
    arrivals: null,
    agents: 1,
    agents_from: "usual",
  });
  const [worst] = ahead.shortages.toSorted((a, b) => b.missing - a.missing);
  // The busy evening, in which one alone is there; its first quarter hour may be a neighbour's.
  expect(worst?.from.slice(11, 16)).toMatch(/^1(6:[34]|7:0)/);
  expect(worst?.to.slice(11, 16)).toMatch(/^1[89]:/);
  const pause = ahead.remedies.find(({ kind }) => kind === "pause_campaign");
  expect(pause?.campaign?.share).toBeCloseTo(0.25, 1);
  for (const { service_level } of ahead.remedies) {
    expect(service_level.after).toBeGreaterThan(service_level.before);
  }
});

test("STA12: the API answers the screen's key alone", async () => {
  const answer = await fetch(`${server.url}/api/sites/desk/intraday`, {
    headers: { authorization: `Bearer ${DEMO_API_KEY}` },
  });
  expect(answer.status).toBe(404);
});
