/** The result of a campaign in a real browser: each answer that it may give, in both languages. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Papa from "papaparse";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ResultWire } from "../../domain/results/wire.ts";
import { type RunningServer, startServer } from "../../scripts/server.ts";
import { type ArmHistory, keepCampaign } from "../fixtures/campaign-history.ts";
import { enterAdmin, type Look, violations } from "./admin-page.ts";
import { launchBrowser } from "./browser.ts";
import { post, signIn } from "./demo-api.ts";

const DAY_MS = 86_400_000;
const NOW = Date.now();
const inDays = (days: number) => new Date(NOW + days * DAY_MS).toISOString();
const PLAN = { baseline: 0.07, effect: 0.01 };

type Story = {
  days: number;
  holdout: number;
  planned_end?: string;
  plan?: object | null;
  window_hours?: number;
  arms: Record<string, ArmHistory>;
};
/** One campaign for each answer of the panel. */
const STORIES: Record<string, Story> = {
  better: {
    days: 28,
    holdout: 0.2,
    planned_end: inDays(14),
    plan: { ...PLAN, spend_cap: 60 },
    arms: {
      holdout: { visitors: 2_400, buyers: 150 },
      a: { visitors: 4_820, buyers: 520, talked: 410 },
      b: { visitors: 4_780, buyers: 460, talked: 390 },
    },
  },
  worse: {
    days: 28,
    holdout: 0.5,
    planned_end: inDays(14),
    arms: { holdout: { visitors: 5_010, buyers: 420 }, a: { visitors: 4_990, buyers: 270, talked: 100 } },
  },
  running: {
    days: 20,
    holdout: 0.2,
    planned_end: inDays(30),
    arms: { holdout: { visitors: 800, buyers: 56 }, a: { visitors: 3_200, buyers: 240, talked: 200 } },
  },
  early: {
    days: 3,
    holdout: 0.2,
    planned_end: inDays(30),
    arms: { holdout: { visitors: 100, buyers: 3 }, a: { visitors: 400, buyers: 40 } },
  },
  split: {
    days: 20,
    holdout: 0.5,
    arms: {
      holdout: { visitors: 1_400, buyers: 90, browser: "Safari" },
      a: { visitors: 1_600, buyers: 190 },
    },
  },
  part: {
    days: 20,
    holdout: 0.5,
    arms: {
      holdout: { visitors: 1_500, buyers: 90, browser: "Safari" },
      a: { visitors: 1_500, buyers: 190, browser: "Firefox" },
    },
  },
  few_came: {
    days: 2,
    holdout: 0.5,
    plan: null,
    arms: { holdout: { visitors: 2, buyers: 0 }, a: { visitors: 6, buyers: 0 } },
  },
  slow: {
    days: 20,
    holdout: 0.5,
    planned_end: inDays(14),
    window_hours: 720,
    arms: { holdout: { visitors: 3_000, buyers: 150 }, a: { visitors: 3_000, buyers: 250 } },
  },
  again: {
    days: 28,
    holdout: 0.5,
    planned_end: inDays(14),
    arms: {
      holdout: { visitors: 3_000, buyers: 150, talked: 60 },
      a: { visitors: 3_000, buyers: 260, talked: 300 },
    },
  },
  none: {
    days: 40,
    holdout: 0.5,
    plan: { baseline: 0.07, effect: 0.02 },
    planned_end: inDays(-5),
    arms: { holdout: { visitors: 8_000, buyers: 560 }, a: { visitors: 8_000, buyers: 566 } },
  },
  few: {
    days: 20,
    holdout: 0.2,
    plan: null,
    arms: { holdout: { visitors: 133, buyers: 4 }, a: { visitors: 540, buyers: 19 } },
  },
  alone: { days: 20, holdout: 0, plan: null, arms: { a: { visitors: 900, buyers: 90, talked: 60 } } },
};

const state = mkdtempSync(join(tmpdir(), "aparte-results-"));
const ids = new Map<string, string>();
let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  server = await startServer({ port: 0, stateDir: state });
  const cookie = await signIn(server.url, "admin@demo.test");
  const headers = { cookie, origin: server.url };
  const economics = { margin: 0.55, agent_hour: 32 };
  await post(`${server.url}/api/sites`, { key: "lin", name: "Atelier Lin", economics }, headers);
  const database = await server.miniflare.getD1Database("DB");
  for (const [name, story] of Object.entries(STORIES)) {
    const { arms, days, holdout, planned_end = null, plan = PLAN, window_hours = 48 } = story;
    const keys = Object.keys(arms).filter((key) => key !== "holdout");
    const variants = keys.map((key) => ({
      key,
      weight: 1,
      creative: { en: { title: "Hello", text: "Can we help?" } },
    }));
    const body = {
      name: `Cart help, ${name}`,
      kind: "chat",
      status: "live",
      holdout,
      window_hours,
      plan,
      planned_end: planned_end !== null && Date.parse(planned_end) < NOW ? inDays(14) : planned_end,
      variants,
    };
    const made = await post<{ id: string }>(`${server.url}/api/sites/lin/campaigns`, body, headers);
    ids.set(name, made.id);
    // As if it had been planned some time ago: an end that has passed cannot be planned.
    for (const table of ["campaigns WHERE id", "campaign_phases WHERE campaign_id"]) {
      const [from = "", where = ""] = table.split(" WHERE ");
      await database
        .prepare(`UPDATE ${from} SET body = json_set(body, '$.planned_end', ?2) WHERE ${where} = ?1`)
        .bind(made.id, planned_end)
        .run();
    }
    await keepCampaign(database, "lin", { campaign: made.id, days, arms }, NOW);
    if (name === "again") await comeAgain(database, made.id);
  }
  browser = await launchBrowser();
});
/** The first of the invited come back a week later, and talk; some of both arms pay in another currency. */
async function comeAgain(
  database: Awaited<ReturnType<RunningServer["miniflare"]["getD1Database"]>>,
  campaign: string,
): Promise<void> {
  const columns =
    "site, revision, visitor_id, session_id, campaign_id, phase, variant, kind, arm, probability";
  await database.batch([
    database
      .prepare(
        `INSERT INTO exposures (id, eligible_at, ${columns}) SELECT id || '_again', eligible_at + 7 * 86400000, ${columns}
         FROM exposures WHERE campaign_id = ?1 AND arm = 'treated' ORDER BY eligible_at LIMIT 90`,
      )
      .bind(campaign),
    database
      .prepare(
        `INSERT INTO conversations (site, id, revision, visitor_id, decision_id, status, agent_id, created_at, queued_at,
           assigned_at, first_visitor_message_at, first_agent_message_at, last_message_at, closed_at, visitor_messages, agent_messages)
         SELECT site, 'cnv_' || id, 1, visitor_id, id, 'closed', 'usr_lea', eligible_at, eligible_at, eligible_at + 20000,
           eligible_at, eligible_at + 30000, eligible_at + 540000, eligible_at + 600000, 3, 3
         FROM exposures WHERE campaign_id = ?1 AND id LIKE '%_again'`,
      )
      .bind(campaign),
    database
      .prepare(
        `UPDATE orders SET currency = 'CHF'
         WHERE visitor_id LIKE ?1 || '-a-%7' OR visitor_id LIKE ?1 || '-holdout-%39'`,
      )
      .bind(campaign),
  ]);
}

afterAll(async () => {
  await browser.close();
  await server.stop();
  rmSync(state, { recursive: true, force: true });
});

async function open(
  name: string,
  look: Look = {},
): Promise<{ page: Page; complaints: string[]; close(): Promise<void> }> {
  const { context, page, complaints } = await enterAdmin(browser, server.url, look);
  await page.goto(`${server.url}/admin/lin/campaigns/${ids.get(name)}/results`);
  await page.locator(".status-sentence").waitFor();
  return { page, complaints, close: () => context.close() };
}

const sentence = (page: Page) => page.locator(".status-sentence").innerText();
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");

describe("the answers", () => {
  test.each([
    ["better", /^Likely better: \+[\d.]+ points \([\d.]+ to [\d.]+\)\. You can stop now\.$/],
    ["worse", /^Worse: −[\d.]+ points \(−[\d.]+ to −[\d.]+\)\. Stop it\.$/],
    [
      "running",
      /^Collecting: 4,000 of [\d,]+ visitors; no difference proven yet, \+0\.[4-7] points \(−[\d.]+ to [\d.]+\)$/,
    ],
    ["early", /^Collecting: 500 of [\d,]+ visitors; earliest reading in 6 days$/],
    // Seven days, and the thirty that the last of them has for a purchase.
    ["slow", /^Collecting: 6,000 of [\d,]+ visitors; earliest reading in 17 days$/],
    ["few_came", /^Collecting: 8 visitors so far; earliest reading in [78] days$/],
    ["split", /^Unusable: visitor split is 1,600 : 1,400 instead of 50 : 50$/],
    ["part", /^Unusable: of (Safari|Firefox), visitors split (1,500 : 0|0 : 1,500) instead of 50 : 50$/],
    [
      "none",
      /^No difference you planned to detect \(±2\.0 points\): effect between −[\d.]+ and [\d.]+ points$/,
    ],
    ["few", /^Too few sales: fewer than 10 in the control$/],
    ["alone", /^Not measurable: this campaign has no hold-out$/],
  ])("RES14: %s says so in one sentence, and keeps nobody out", async (name, wanted) => {
    const { page, complaints, close } = await open(name);
    expect(plain(await sentence(page)).replaceAll(/\s+/g, " ")).toMatch(wanted);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test.each([
    ["early", "Incremental money is told once a difference is."],
    ["split", "Incremental money is hidden with the result."],
    [
      "alone",
      "Without a hold-out nobody knows what would have come anyway, so no incremental money is told.",
    ],
  ])(
    "RES5 RES6 RES8 RES34: what %s hides is nowhere on the screen, and it says why no money is told",
    async (name, why) => {
      const { page, close } = await open(name);
      await page.getByText(why).waitFor();
      expect(await page.locator(".chart-bar-point, .plot, .result-more").count()).toBe(0);
      expect(await page.getByText("Difference to hold-out").count()).toBe(1);
      await close();
    },
  );
});

test("R-M25: the list of campaigns leads to the result of each that ran, by its name, and of no draft", async () => {
  const draft = { name: "Not yet", kind: "chat", variants: [{ key: "a", weight: 1, creative: {} }] };
  const headers = { cookie: await signIn(server.url, "admin@demo.test"), origin: server.url };
  await post(`${server.url}/api/sites/lin/campaigns`, draft, headers);
  for (const [locale, results] of [
    ["en-GB", /^Result: Cart help, /],
    ["fr-FR", /^Résultat\s: Cart help, /],
  ] as const) {
    const { context, page, complaints } = await enterAdmin(browser, server.url, { locale });
    await page.goto(`${server.url}/admin/lin/campaigns`);
    await page.getByRole("link", { name: "Not yet", exact: true }).waitFor();
    expect(await page.getByRole("link", { name: results }).count()).toBe(ids.size);
    expect(await page.getByRole("link", { name: /Not yet/ }).count()).toBe(1);
    expect(await violations(page)).toEqual([]);
    await page.getByRole("link", { name: /: Cart help, alone$/ }).click();
    await page.waitForURL(`${server.url}/admin/lin/campaigns/${ids.get("alone")}/results`);
    await page.locator(".status-sentence").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  }
});

test("RES14: in French, by keyboard, in the dark and on a phone it is the same result", async () => {
  for (const look of [
    { locale: "fr-FR", dark: true },
    { locale: "fr-FR", phone: true },
  ] as const) {
    const { page, complaints, close } = await open("better", look);
    expect(plain(await sentence(page))).toMatch(
      /^Sans doute mieux : \+[34],\d points \([\d,]+ à [\d,]+\)\. Vous pouvez arrêter maintenant\.$/,
    );
    await page.locator(".plot").waitFor();
    expect(await violations(page)).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
    await close();
  }
});

test("RES15: the table and the file say what the chart says, to the last digit", async () => {
  const { page, close } = await open("better");
  const answer = await page.request.get(`${server.url}/api/sites/lin/campaigns/${ids.get("better")}/results`);
  const result = (await answer.json()) as { difference: { value: number; low: number; high: number } };
  const section = page.locator("section.effect");
  await section.getByRole("button", { name: "Show as table" }).focus();
  await page.keyboard.press("Enter");
  const cells = section.getByRole("row").last().getByRole("cell");
  expect(await cells.nth(4).innerText()).toBe(`+${(result.difference.value * 100).toFixed(1)}`);
  const saved = page.waitForEvent("download");
  await section.getByRole("button", { name: "CSV" }).click();
  const text = readFileSync(await (await saved).path(), "utf8").replace("\uFEFF", "");
  const { data } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true });
  expect(Number(data.at(-1)?.["difference"])).toBe(result.difference.value);
  expect(Number(data.at(-1)?.["high"])).toBe(result.difference.high);
  await close();
});

describe("a phase that lets nobody in", () => {
  const headers = async () => ({
    cookie: await signIn(server.url, "admin@demo.test"),
    origin: server.url,
  });
  async function save(name: string, status: "live" | "paused"): Promise<void> {
    const path = `${server.url}/api/sites/lin/campaigns/${ids.get(name)}`;
    const own = await headers();
    const etag = (await fetch(path, { headers: own })).headers.get("etag") ?? "";
    const answer = await fetch(path, {
      method: "PATCH",
      headers: { ...own, "if-match": etag, "content-type": "application/json" },
      body: JSON.stringify({ status }),
    });
    expect(answer.status).toBe(200);
  }

  test("RES34: is advised nothing, and its missing days are counted", async () => {
    for (const name of ["better", "worse", "early"]) await save(name, "paused");
    const ways = [
      ["better", "en-GB", /^Likely better: \+[\d.]+ points \([\d.]+ to [\d.]+\), for as long as it ran\.$/],
      ["worse", "en-GB", /^Worse: −[\d.]+ points \(−[\d.]+ to −[\d.]+\), for as long as it ran\.$/],
      ["worse", "fr-FR", /^Moins bien : −[\d,]+ points \(−[\d,]+ à −[\d,]+\), tant qu’elle a tourné\.$/],
      [
        "early",
        "en-GB",
        /^Collecting: 500 visitors, who came on 3 days; seven are needed, so it has no reading$/,
      ],
      [
        "early",
        "fr-FR",
        /^Collecte : 500 visiteurs, venus sur 3 jours ; il en faut sept, elle n’a donc pas de lecture$/,
      ],
    ] as const;
    for (const [name, language, wanted] of ways) {
      const { page, complaints, close } = await open(name, { locale: language });
      expect(plain(await sentence(page)).replaceAll(/\s+/g, " ")).toMatch(wanted);
      expect(await page.getByRole("link", { name: "Open the campaign to stop it" }).count()).toBe(0);
      expect(await violations(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await picture(page, `result-stopped-${name}-${language.slice(0, 2)}`);
      await close();
    }
    for (const name of ["better", "worse", "early"]) await save(name, "live");
  });
});

test("RES35: the guard of the data says how far history is, and fails where something is missing", async () => {
  const database = await server.miniflare.getD1Database("DB");
  const { page, close } = await open("better");
  const guard = page.locator(".facts > div", { hasText: "Data" });
  expect(await guard.getAttribute("class")).not.toBe("bad");
  await close();
  await database
    .prepare(
      "INSERT INTO dead_letters (id, site, received_at, body, error) VALUES ('m1', 'lin', ?1, '{}', 'x')",
    )
    .bind(NOW)
    .run();
  for (const [language, refused, fails] of [
    ["en-GB", "1 message refused", "1 check fails"],
    ["fr-FR", "1 message refusé", "1 vérification échoue"],
  ] as const) {
    const late = await open("better", { locale: language });
    await late.page.locator(".facts > div.bad", { hasText: refused }).waitFor();
    await late.page.getByText(fails).waitFor();
    expect(await violations(late.page)).toEqual([]);
    await picture(late.page, `result-late-${language.slice(0, 2)}`);
    await late.close();
  }
  await database.prepare("DELETE FROM dead_letters WHERE id = ?1").bind("m1").run();
});

test("RES3 RES24: differences of revenue are told as such, plain and capped, and the size of the selection with its shares", async () => {
  for (const [language, title, plainly, capped, selection] of [
    [
      "en-GB",
      "Revenue per visitor",
      "Difference to the hold-out: +€",
      "up to €60: +€",
      "so much is selection",
    ],
    [
      "fr-FR",
      "Chiffre d’affaires par visiteur",
      "Écart au témoin : +",
      "jusqu’à 60 € : +",
      "c’est la part de la sélection",
    ],
  ] as const) {
    const { page, complaints, close } = await open("better", { locale: language });
    await page.locator(".result-more > summary").click();
    await page.locator(".result-more h3", { hasText: title }).waitFor();
    const words = plain(await page.locator(".result-more").innerText());
    expect(words).toContain(plainly);
    expect(words).toContain(capped);
    expect(words).toContain(selection);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await picture(page, `result-more-${language.slice(0, 2)}`);
    await close();
  }
});

async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env["SCREENSHOTS_DIR"];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

test("RES24: the shares of who talked, who did not and who was held out stand with how many they are of", async () => {
  const { page, close } = await open("better");
  await page.locator(".result-more > summary").click();
  const words = plain(await page.locator(".result-more p", { hasText: "of the held-out" }).innerText());
  const path = `${server.url}/api/sites/lin/campaigns/${ids.get("better")}/results`;
  const { arms } = ResultWire.parse(await (await page.request.get(path)).json());
  expect(words.match(/\(n = [\d,]+\)/g)).toHaveLength(3);
  // Of those whose window has passed, as the figures above it.
  expect(arms.holdout.visitors).toBeLessThan(STORIES["better"]?.arms["holdout"]?.visitors ?? 0);
  expect(words).toContain(`of the held-out (n = ${arms.holdout.visitors.toLocaleString("en-GB")})`);
  await close();
});

const SHOTS = process.env["SCREENSHOTS_DIR"];
const LOOKS = [
  { locale: "en-GB" },
  { locale: "fr-FR", dark: true },
  { locale: "fr-FR", phone: true },
] as const;

describe("what stands beside the figures", () => {
  test.each(LOOKS)(
    "RES29 RES30 RES31: later visits, the button and other money are named: %o",
    async (look) => {
      const { page, complaints, close } = await open("again", look);
      const isFrench = look.locale === "fr-FR";
      const money = plain(await page.locator(".result-money").innerText());
      expect(money).toMatch(
        isFrench
          ? /Les visites suivantes des mêmes visiteurs ont pris [\d,]+ h de plus aux conseillers/
          : /Later visits of the same visitors took agents [\d.]+ h more/,
      );
      expect(money).toMatch(
        isFrench
          ? /\d+ commandes dans une autre devise \([1-9]\d* chez les invités, [1-9]\d* chez les témoins\)/
          : /\d+ orders in another currency \([1-9]\d* invited, [1-9]\d* held out\)/,
      );
      await page.locator(".result-more > summary").click();
      const more = plain(await page.locator(".result-more").innerText());
      expect(more).toContain(
        isFrench ? "Des témoins ont aussi eu des conversations" : "The held-out had conversations too",
      );
      expect(await violations(page)).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      await shoot(page, "again", look);
      expect(complaints).toEqual([]);
      await close();
    },
  );

  test.each(LOOKS)(
    "RES32 RES33: what waits, what was checked and what could not be is said: %o",
    async (look) => {
      const isFrench = look.locale === "fr-FR";
      const words = async (name: string) => {
        const { page, complaints, close } = await open(name, look);
        const text = plain(await page.locator(".results").innerText());
        expect(await violations(page)).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overflow).toBeLessThanOrEqual(0);
        await shoot(page, name, look);
        expect(complaints).toEqual([]);
        await close();
        return text;
      };
      const slow = await words("slow");
      expect(slow).toContain(isFrench ? "puis 30 jours où" : "then 30 days until");
      expect(slow).toContain(isFrench ? "6 000 visiteurs" : "6,000 visitors");
      expect(slow).toMatch(isFrench ? /finit le .+, lu le / : /ends .+, read /);
      const few = await words("few_came");
      expect(few).toContain(isFrench ? "trop peu pour vérifier" : "too few to check");
      expect(few).not.toContain(isFrench ? "toutes les vérifications passent" : "all checks pass");
      expect(few).toMatch(
        isFrench
          ? /2 vérifications sur 4 possibles, elles passent/
          : /2 of 4 checks could be made, they pass/,
      );
      const part = await words("part");
      expect(part).toMatch(
        isFrench ? /Inutilisable : pour (Safari|Firefox), les visiteurs/ : /Unusable: of (Safari|Firefox)/,
      );
    },
  );
});

async function shoot(page: Page, name: string, { locale, dark = false, phone = false }: Look): Promise<void> {
  if (SHOTS === undefined) return;
  const form = [locale?.slice(0, 2), dark ? "dark" : "light", phone ? "phone" : "desk"].join("-");
  await page.screenshot({ path: join(SHOTS, `results-${name}-${form}.png`), fullPage: true });
}

test("RES16: a failing read keeps the old figures, dated, and offers another try", async () => {
  const { page, close } = await open("better");
  await page.route("**/results*", (route) => route.abort());
  await page.locator("button.data-age").click();
  await page.getByText("The result could not be read.").waitFor();
  expect(await sentence(page)).toContain("Likely better");
  await page.unroute("**/results*");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("The result could not be read.").waitFor({ state: "hidden" });
  await close();
});
