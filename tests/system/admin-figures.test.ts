/** The figures' screen in a real browser: every figure over time and by group, beside the period before, and as files. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import Papa from "papaparse";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KPI_NAMES } from "../../domain/kpi/figures.ts";
import { GROUPINGS } from "../../domain/kpi/grouping.ts";
import { type RunningServer, startServer } from "../../scripts/server.ts";
import { type ArmHistory, keepCampaign } from "../fixtures/campaign-history.ts";
import { type AdminPage, enterAdmin, type Look, violations } from "./admin-page.ts";
import { launchBrowser } from "./browser.ts";
import { eventually, post, signIn } from "./demo-api.ts";

const NOW = Date.now();
const HOSTILE = `<img src=x onerror=alert(1)> =1+1`;
const CAMPAIGNS: readonly {
  name: string;
  days: number;
  holdout: number;
  arms: Record<string, ArmHistory>;
}[] = [
  {
    name: "Cart help",
    days: 70,
    holdout: 0.2,
    arms: {
      holdout: { visitors: 900, buyers: 50 },
      a: { visitors: 3_600, buyers: 300, talked: 320, spent: 104 },
    },
  },
  {
    name: "Size advice",
    days: 40,
    holdout: 0.5,
    arms: {
      holdout: { visitors: 400, buyers: 20 },
      a: { visitors: 400, buyers: 34, talked: 60, spent: 78 },
    },
  },
  {
    name: HOSTILE,
    days: 12,
    holdout: 0,
    arms: { a: { visitors: 150, buyers: 9, talked: 14, spent: 55 } },
  },
];

const state = mkdtempSync(join(tmpdir(), "aparte-figures-"));
let server: RunningServer;
let browser: Browser;
let cookie: string;

beforeAll(async () => {
  server = await startServer({ port: 0, stateDir: state });
  cookie = await signIn(server.url, "admin@demo.test");
  const headers = { cookie, origin: server.url };
  await post(`${server.url}/api/sites`, { key: "lin", name: "Atelier Lin" }, headers);
  await post(`${server.url}/api/sites`, { key: "new", name: "Atelier Neuf" }, headers);
  const database = await server.miniflare.getD1Database("DB");
  for (const { name, days, holdout, arms } of CAMPAIGNS) {
    const variants = [{ key: "a", weight: 1, creative: { en: { title: "Hello", text: "Can we help?" } } }];
    const body = { name, kind: "chat", status: "live", holdout, variants };
    const { id } = await post<{ id: string }>(`${server.url}/api/sites/lin/campaigns`, body, headers);
    await keepCampaign(database, "lin", { campaign: id, days, arms }, NOW);
  }
  await database
    .prepare(
      `INSERT INTO surveys (site, conversation_id, revision, visitor_id, at, csat)
       SELECT site, id, 1, visitor_id, closed_at, 1 + (nth * 7) % 5 FROM (
         SELECT *, row_number() OVER (ORDER BY created_at, id) AS nth FROM conversations WHERE site = 'lin')
       WHERE nth % 3 = 0`,
    )
    .run();
  // Two people had them; one of them only a few, and for a few hours.
  await post(
    `${server.url}/api/sites/lin/agents`,
    { email: "nora@lin.test", name: "Nora B.", role: "agent" },
    headers,
  );
  await post(
    `${server.url}/api/sites/lin/agents`,
    { email: "karim@lin.test", name: "Karim A.", role: "agent" },
    headers,
  );
  await database
    .prepare(
      `UPDATE conversations SET agent_id = (SELECT id FROM user WHERE email = iif(n.nth % 40 = 0, 'nora@lin.test', 'karim@lin.test'))
       FROM (SELECT id, row_number() OVER (ORDER BY created_at, id) AS nth FROM conversations WHERE site = 'lin') n
       WHERE conversations.site = 'lin' AND conversations.id = n.id`,
    )
    .run();
  await database
    .prepare(
      `INSERT INTO agent_states (site, id, revision, agent_id, state, capacity, started_at, ended_at)
       SELECT 'lin', 'ast_' || email, 1, id, 'online', 3, ?1, ?1 + iif(email LIKE 'nora%', 3, 20) * 3600000
       FROM user WHERE email IN ('nora@lin.test', 'karim@lin.test')`,
    )
    .bind(NOW - 3 * 86_400_000)
    .run();
  // The first look has history counted.
  for (const by of GROUPINGS.slice(1)) await told(`group_by=${by}`);
  browser = await launchBrowser();
}, 120_000);
afterAll(async () => {
  await browser.close();
  await server.stop();
  rmSync(state, { recursive: true, force: true });
});

type Figure = { value: number | null; numerator: number | null; denominator: number | null; n: number };
type Answer = { rows: ({ group: string | null } & Record<string, Figure>)[] };

async function told(query: string): Promise<Answer> {
  const address = `${server.url}/api/sites/lin/kpis?${query}`;
  return eventually(
    async () => (await (await fetch(address, { headers: { cookie } })).json()) as Answer,
    ({ rows }) => Array.isArray(rows),
  );
}

async function enter(query: string, look?: Look, site = "lin"): Promise<AdminPage> {
  const admin = await enterAdmin(browser, server.url, look);
  await admin.page.goto(`${server.url}/admin/${site}/figures${query}`);
  return admin;
}

async function drawn(page: Page, figures: number): Promise<void> {
  await page.locator(".figures-table tbody tr").first().waitFor({ timeout: 30_000 });
  await page
    .locator(".figures-charts .plot")
    .nth(figures - 1)
    .waitFor();
}

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");

async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env["SCREENSHOTS_DIR"];
  if (folder !== undefined)
    await page.screenshot({ path: join(folder, `figures ${name}.png`), fullPage: true });
}

test("KPI54: every figure of the API can be found by its words and chosen; what is shown stands in the address", async () => {
  const { context, page, complaints } = await enter("");
  await drawn(page, 4);
  await page.locator(".figures-choice summary").click();
  const options = page.locator(".figures-option");
  expect(await options.count()).toBe(KPI_NAMES.length);
  await page.getByLabel("Find a figure").fill("SATISF mean");
  expect(await options.count()).toBe(2);
  await page.getByLabel("Satisfaction, mean").check();
  await page.waitForURL(
    /kpis=visitors%2Cacceptance_rate%2Cattributed_revenue%2Cconversion_after_chat%2Ccsat_mean$/,
  );
  // By the day the answers are too few to be drawn.
  await drawn(page, 4);
  await page.getByText("No row has enough to be drawn.").waitFor();
  await page.getByLabel("Find a figure").fill("no such figure");
  await page.getByText("No figure is called that").waitFor();
  await page.keyboard.press("Escape");
  expect(await page.locator(".figures-search").isVisible()).toBe(false);
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("5 figures");

  await page.getByLabel("By", { exact: true }).selectOption("campaign");
  await page.getByLabel("Compare with the period before").uncheck();
  await page.getByLabel("Business hours only").check();
  await page.waitForURL(/by=campaign&hours=business&compare=none$/);
  await page.reload();
  await drawn(page, 5);
  expect(await page.getByLabel("By", { exact: true }).inputValue()).toBe("campaign");
  expect(await page.locator(".figures-table thead th").count()).toBe(6);
  expect(complaints).toEqual([]);
  await context.close();
});

const OFFERS = ["displayed", "acceptance_rate"] as const;

test("KPI55: by each dimension the table says what the API says, in whole and row by row, n and interval beside it", async () => {
  for (const by of ["day", "week", "campaign", "variant", "channel", "device", "skill"] as const) {
    // A skill knows nothing of offers.
    const [count, share] = by === "skill" ? (["conversations", "abandonment_rate"] as const) : OFFERS;
    const kpis = `kpis=${count},${share}`;
    const { context, page, complaints } = await enter(`?by=${by}&${kpis}&period=4w&compare=none`);
    await drawn(page, 2);
    const range = new URL(
      await page
        .locator(".chart-links a")
        .first()
        .evaluate((link) => (link as HTMLAnchorElement).href),
    ).searchParams;
    const span = `from=${range.get("from")}&to=${range.get("to")}`;
    const { rows } = await told(`group_by=${by}&${kpis}&${span}`);
    expect([by, await page.locator(".figures-table tbody tr").count()]).toEqual([by, rows.length]);
    const shown = (await page.locator(".figures-table tbody td:nth-of-type(1)").allInnerTexts()).map((text) =>
      Number(plain(text).split("\n")[0]?.replaceAll(",", "").replace("-", "NaN")),
    );
    const values = rows.map((row) => row[count]?.value ?? Number.NaN);
    expect([by, shown.toSorted((a, b) => a - b)]).toEqual([by, values.toSorted((a, b) => a - b)]);
    const [whole] = (await told(`${kpis}&${span}`)).rows;
    const rate = whole?.[share];
    const foot = plain(await page.locator(".figures-table tfoot td").nth(1).innerText());
    expect(foot).toContain(
      `${rate?.numerator?.toLocaleString("en")} / ${rate?.denominator?.toLocaleString("en")}`,
    );
    expect(foot).toMatch(/\d+\.\d% to \d+\.\d%/);
    expect(complaints).toEqual([]);
    await context.close();
  }
});

test("KPI62: what rows cannot know is a dash, and said; what they can is a figure", async () => {
  const { context, page, complaints } = await enter("?by=campaign&kpis=visitors,orders,agent_hours");
  await drawn(page, 2);
  await page.getByText("Hours online is not known by campaign.").waitFor();
  const cells = page.locator(".figures-table tbody tr").first().locator("td");
  expect(
    Number(
      plain(await cells.nth(0).innerText())
        .split("\n")[0]
        ?.replace(",", ""),
    ),
  ).toBeGreaterThan(0);
  expect(
    Number(
      plain(await cells.nth(1).innerText())
        .split("\n")[0]
        ?.replace(",", ""),
    ),
  ).toBeGreaterThan(0);
  expect(plain(await cells.nth(2).innerText()).split("\n")[0]).toBe("-");
  expect(complaints).toEqual([]);
  await context.close();
});

test("KPI55: rows stand by their names, sorted by any column, and lead on; a day leads to its hours, with the figures that were chosen", async () => {
  const { context, page, complaints } = await enter("?by=campaign&kpis=displayed,acceptance_rate");
  await drawn(page, 2);
  const names = page.locator(".figures-table tbody th");
  expect(await names.allInnerTexts()).toEqual(["Cart help", "Size advice", HOSTILE]);
  await page.getByRole("button", { name: "Campaign" }).click();
  expect(await page.getByRole("columnheader", { name: "Campaign" }).getAttribute("aria-sort")).toBe(
    "ascending",
  );
  expect(await names.first().innerText()).toBe(HOSTILE);
  await page.getByRole("link", { name: "Results of Cart help" }).click();
  await page.waitForURL(/\/campaigns\/cmp_\w+\/results$/);
  await page.goBack();
  await page.getByLabel("By", { exact: true }).selectOption("day");
  await drawn(page, 2);
  await page.locator(".figures-table tbody th a").nth(3).click();
  await page.waitForURL(/from=(\d{4}-\d\d-\d\d)&to=\1&kpis=displayed%2Cacceptance_rate&by=hour$/);
  await drawn(page, 2);
  expect(await page.locator(".figures-table tbody tr").count()).toBeGreaterThanOrEqual(23);
  expect(complaints).toEqual([]);
  await context.close();
});

/** Days of Paris, so many from today. */
const dayAt = (days: number): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Paris" }).format(NOW + days * 86_400_000);

test("KPI68: a week that the period cuts says so, stands beside no whole one, and leads to its own days, which add up to it", async () => {
  const weekday = (new Date(dayAt(0)).getUTCDay() + 6) % 7;
  // From a Saturday to a Tuesday, with two whole weeks between.
  const [from, to] = [dayAt(-weekday - 23), dayAt(-weekday - 6)];
  for (const locale of ["en-GB", "fr-FR"] as const) {
    const { context, page, complaints } = await enter(`?from=${from}&to=${to}&kpis=displayed&by=week`, {
      locale,
    });
    await drawn(page, 1);
    const rows = page.locator(".figures-table tbody tr");
    const marked = (await rows.locator("th").allInnerTexts()).map(
      (text) => /\d (?:of|jours sur) \d.*$/.exec(plain(text))?.[0] ?? "",
    );
    const few = locale === "fr-FR" ? "2 jours sur 7" : "2 of 7 days";
    expect(marked).toEqual([few, "", "", few]);
    expect(await page.locator(".figures-legend .part-dot").count()).toBe(1);
    expect(await page.locator('.figures-charts g[fill="var(--paper)"] circle').count()).toBe(2);
    const cells = await rows.locator("td").allInnerTexts();
    const before = locale === "fr-FR" ? "avant" : "before";
    // The eighteen days before have one whole week.
    expect(cells.map((text) => text.includes(before))).toEqual([false, true, false, false]);
    expect(await violations(page)).toEqual([]);
    await picture(page, `weeks ${locale}`);
    const amount = (text = "") => Number(text.split("\n")[0]?.replaceAll(/[^\d]/g, ""));
    await rows.last().locator("th a").click();
    await page.waitForURL(new RegExp(`from=${dayAt(-weekday - 7)}&to=${to}&kpis=displayed$`));
    await page.locator(".figures-table tbody tr").nth(1).waitFor();
    expect(await rows.count()).toBe(2);
    expect(amount(await page.locator(".figures-table tfoot td").innerText())).toBe(amount(cells.at(-1)));
    expect(complaints).toEqual([]);
    await context.close();
  }
});

test("KPI70: of somebody of whom too little is known no rate is shown, drawn, put first or handed out; the API marks it", async () => {
  for (const look of [{ locale: "en-GB" }, { locale: "fr-FR", dark: true, phone: true }] as const) {
    const { context, page, complaints } = await enter(
      "?by=agent&kpis=conversations,fcr,sales_per_agent_hour&compare=none",
      look,
    );
    await drawn(page, 3);
    const french = look.locale === "fr-FR";
    const rows = page.locator(".figures-table tbody tr");
    expect(await rows.locator("th").allInnerTexts()).toEqual(["Karim A.", "Nora B."]);
    const [count, fcr, orders] = (await rows.nth(1).locator("td").allInnerTexts()).map(plain);
    expect(orders).toMatch(french ? /^-\s+moins de 8 h en ligne$/ : /^-\s+under 8 h online$/);
    expect(fcr).toMatch(french ? /^-\s+n \d+, moins de 30$/ : /^-\s+n \d+, under 30$/);
    expect(Number(count)).toBeGreaterThan(0);
    expect((await rows.nth(0).locator("td").nth(1).innerText()).includes("%")).toBe(true);
    for (const kpi of ["fcr", "sales_per_agent_hour"]) {
      const chart = page.locator(`.multiple[data-kpi="${kpi}"]`);
      expect(await chart.getByText(french ? "trop peu" : "too few").count()).toBe(1);
      expect(await chart.locator("circle").count()).toBe(1);
    }
    // Sorted by the rate it comes last, whichever way.
    for (const way of ["descending", "ascending"]) {
      await page.locator(".figures-table thead button").nth(2).click();
      expect(await page.locator(".figures-table thead th").nth(2).getAttribute("aria-sort")).toBe(way);
      expect(await rows.locator("th").allInnerTexts()).toEqual(["Karim A.", "Nora B."]);
    }
    expect(await violations(page)).toEqual([]);
    await picture(page, `agents ${look.locale}`);
    if (!french) {
      const saving = page.waitForEvent("download");
      await page.locator(".chart-links").getByRole("link", { name: "CSV" }).click();
      const text = readFileSync(await (await saving).path(), "utf8");
      const lines = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data;
      const few = lines.filter(({ too_few }) => too_few === "true");
      expect(few.map(({ kpi }) => kpi).toSorted()).toEqual(["fcr", "sales_per_agent_hour"]);
      for (const { value, numerator, denominator, low, high } of few) {
        expect([value, numerator, denominator, low, high]).toEqual(["", "", "", "", ""]);
      }
      const marked = (await told("group_by=agent&kpis=fcr,sales_per_agent_hour")).rows;
      const nora = marked.find(({ group }) => group === few[0]?.["group"]);
      expect(nora?.["fcr"]).toMatchObject({ too_few: true, value: expect.any(Number) });
      expect(nora?.["sales_per_agent_hour"]).toMatchObject({ too_few: true });
      expect(Object.keys(nora ?? {}).toSorted()).toEqual(["fcr", "group", "sales_per_agent_hour"]);
    }
    expect(complaints).toEqual([]);
    await context.close();
  }
});

test("KPI69: what counts leads waits for the leads of the site's goals", async () => {
  const goal = { key: "devis", name: "Devis", kind: "lead", window_hours: 240 };
  await post(`${server.url}/api/sites/lin/goals`, goal, { cookie, origin: server.url });
  const { context, page, complaints } = await enter(
    "?kpis=conversion_after_chat,conversion_after_chat_with_leads",
  );
  await drawn(page, 2);
  await page.getByText(/chats are credited with compare the days before/).waitFor();
  await page.getByText(/leads included, compare the days before .* orders or leads/).waitFor();
  expect(await page.getByText("compare the days before").count()).toBe(2);
  const days = (await page.getByText("compare the days before").allInnerTexts()).map(
    (text) => /before (\d+ \w+)/.exec(text)?.[1],
  );
  expect(new Set(days).size).toBe(2);
  expect(complaints).toEqual([]);
  await context.close();
});

test("KPI56: beside the period before, each figure says its change and whether chance does such", async () => {
  const { context, page } = await enter(
    "?kpis=visitors,acceptance_rate,conversion_after_chat&by=week&period=4w",
  );
  await drawn(page, 3);
  const sentence = plain(await page.locator(".status-sentence").innerText());
  expect(sentence).toMatch(/^Visitors: [\d,]+, [\d,]+ in the period before\.$/);
  const acceptance = plain(await page.locator('.kpi[data-kpi="acceptance_rate"]').innerText());
  expect(acceptance).toMatch(/[+−]?\d+\.\d points/);
  await page.getByText(/against \d+ \w+ \d{4} – \d+ \w+ \d{4}/).waitFor();
  expect(plain(await page.locator(".figures-table tbody td").first().innerText())).toMatch(/before [\d,]+/);
  expect(await page.locator(".before-swatch").count()).toBe(1);
  await page.getByLabel("Compare with the period before").uncheck();
  await page.locator(".before-swatch").waitFor({ state: "detached" });
  expect(plain(await page.locator(".status-sentence").innerText())).toMatch(/^Visitors: [\d,]+\.$/);
  await context.close();
});

test("KPI57: the figures leave as CSV and Parquet as they are asked, and the rows behind them for the same days", async () => {
  const { context, page } = await enter("?by=campaign&kpis=displayed,acceptance_rate");
  await drawn(page, 2);
  const take = async (link: ReturnType<Page["getByRole"]>) => {
    const saving = page.waitForEvent("download");
    await link.click();
    return readFileSync(await (await saving).path());
  };
  const links = page.locator(".chart-links");
  const csv = (await take(links.getByRole("link", { name: "CSV" }))).toString();
  const lines = Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true }).data;
  expect(new Set(lines.map(({ kpi }) => kpi))).toEqual(new Set(["displayed", "acceptance_rate"]));
  expect(lines.every(({ timezone }) => timezone === "Europe/Paris")).toBe(true);
  const parquet = await take(links.getByRole("link", { name: "Parquet" }));
  const rows = await parquetReadObjects({ file: new Uint8Array(parquet).buffer });
  expect(rows.map(({ group, kpi, value }) => [group, kpi, value])).toEqual(
    lines.map(({ group, kpi, value }) => [group, kpi, value === "" ? null : Number(value)]),
  );
  const orders = (await take(page.getByRole("link", { name: "Orders CSV" }))).toString();
  expect(orders.split("\r\n")[0]).toContain("order_id");
  expect(await page.locator(".figures-files li").count()).toBe(11);
  await context.close();
});

test("KPI58: with nothing counted, nothing chosen or no answer it says so, and what to do; what it said before stays", async () => {
  const none = await enter("", {}, "new");
  await none.page.getByRole("heading", { name: "Nothing was counted in these days" }).waitFor();
  expect(await violations(none.page)).toEqual([]);
  await picture(none.page, "nothing counted");
  await none.context.close();

  const { context, page } = await enter("?kpis=");
  await page.getByRole("heading", { name: "Choose a figure" }).waitFor();
  await page.getByRole("button", { name: "Show the usual ones" }).click();
  await drawn(page, 4);
  await page.route("**/api/sites/lin/kpis?*", (route) => route.abort());
  await page.locator(".data-age").click();
  await page.getByText("The figures could not be read").waitFor();
  await page.locator(".stale .figures-table").waitFor();
  await page.getByLabel("By", { exact: true }).selectOption("device");
  await page.getByText("The figures could not be read").waitFor();
  await picture(page, "failed");
  await page.unroute("**/api/sites/lin/kpis?*");
  await page.getByRole("button", { name: "Try again" }).click();
  await drawn(page, 4);
  await page.goto(`${server.url}/admin/lin/figures?by=hour&period=12w&kpis=visitors`);
  await page.getByText("at most 32 days are shown").waitFor();
  await context.close();
});

const LOOKS: Look[] = [
  { locale: "en-GB" },
  { locale: "fr-FR", dark: true },
  { locale: "en-GB", dark: true, phone: true },
  { locale: "fr-FR", phone: true },
];

test("KPI58: in both languages, in the dark and on a phone it keeps nobody out, stays inside the page, and writes numbers as they are written", async () => {
  for (const look of LOOKS) {
    const name = `${look.locale}${look.dark === true ? " dark" : ""}${look.phone === true ? " phone" : ""}`;
    for (const by of ["day", "campaign"]) {
      const kpis =
        "visitors,acceptance_rate,csat_mean,conversion_after_chat,attributed_revenue,first_reply_median";
      const { context, page, complaints } = await enter(`?by=${by}&kpis=${kpis}`, look);
      // By the day the answers are too few to be drawn.
      await drawn(page, by === "day" ? 5 : 6);
      expect([name, by, await violations(page)]).toEqual([name, by, []]);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect([name, by, over]).toEqual([name, by, 0]);
      const rate = await page.locator('.kpi[data-kpi="acceptance_rate"] .kpi-value').innerText();
      expect(rate).toMatch(look.locale === "fr-FR" ? /^\d+,\d[\u00a0\u202f]%$/ : /^\d+\.\d%$/);
      await picture(page, `${name} ${by}`);
      if (by === "day") {
        await page.locator(".figures-choice summary").click();
        expect([name, "choice", await violations(page)]).toEqual([name, "choice", []]);
        await picture(page, `${name} choice`);
      }
      expect(complaints).toEqual([]);
      await context.close();
    }
  }
}, 120_000);
