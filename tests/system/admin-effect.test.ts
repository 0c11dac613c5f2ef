/** What screens say of effects that are easily said too much of: after a planned end, of no difference, of contacts. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningServer, startServer } from "../../scripts/server.ts";
import { type ArmHistory, keepCampaign } from "../fixtures/campaign-history.ts";
import { enterAdmin, violations } from "./admin-page.ts";
import { launchBrowser } from "./browser.ts";
import { post, signIn } from "./demo-api.ts";

const DAY_MS = 86_400_000;
const NOW = Date.now();
const LANGUAGES = ["en-GB", "fr-FR"] as const;
const dateOf = (days: number) => new Date(NOW + days * DAY_MS).toISOString().slice(0, 10);
const point = (value: number) => ({ low: value, likely: value, high: value });

type Story = { days: number; ended?: number; holdout: number; arms: Record<string, ArmHistory> };
const STORIES: Record<string, Story> = {
  // Its planned end is three weeks ago, and it goes on.
  "Cart help": {
    days: 49,
    ended: 21,
    holdout: 0.2,
    arms: { holdout: { visitors: 3_000, buyers: 180 }, a: { visitors: 12_000, buyers: 1_080, talked: 900 } },
  },
  // Without a plan, and with less than a tenth more.
  "Size advice": {
    days: 30,
    ended: 5,
    holdout: 0.5,
    arms: { holdout: { visitors: 8_000, buyers: 4_000 }, a: { visitors: 8_000, buyers: 4_240, talked: 80 } },
  },
  Welcome: {
    days: 20,
    holdout: 0.5,
    arms: { holdout: { visitors: 1_000, buyers: 60 }, a: { visitors: 1_400, buyers: 90 } },
  },
};

const state = mkdtempSync(join(tmpdir(), "aparte-effect-"));
const ids = new Map<string, string>();
let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  server = await startServer({ port: 0, stateDir: state });
  const headers = { cookie: await signIn(server.url, "admin@demo.test"), origin: server.url };
  const economics = { margin: 0.55, agent_hour: 28, platform_month: 300, contact_phone: 6 };
  await post(`${server.url}/api/sites`, { key: "lin", name: "Atelier Lin", economics }, headers);
  const database = await server.miniflare.getD1Database("DB");
  for (const [name, { days, ended, holdout, arms }] of Object.entries(STORIES)) {
    const variants = [{ key: "a", weight: 1, creative: { en: { title: "Hello", text: "Can we help?" } } }];
    const body = { name, kind: "chat", status: "live", holdout, variants };
    const { id } = await post<{ id: string }>(`${server.url}/api/sites/lin/campaigns`, body, headers);
    ids.set(name, id);
    if (ended !== undefined) {
      const end = new Date(NOW - ended * DAY_MS).toISOString();
      for (const [table, own] of [
        ["campaigns", "id"],
        ["campaign_phases", "campaign_id"],
      ])
        await database
          .prepare(`UPDATE ${table} SET body = json_set(body, '$.planned_end', ?2) WHERE ${own} = ?1`)
          .bind(id, end)
          .run();
    }
    await keepCampaign(database, "lin", { campaign: id, days, arms }, NOW);
    // Of every twenty somebody called: fewer of the invited.
    await database
      .prepare(
        `INSERT INTO contacts (site, id, revision, visitor_id, at, channel)
         SELECT site, 'con_' || id, 1, visitor_id, eligible_at + 600000, 'phone' FROM (
           SELECT *, row_number() OVER (PARTITION BY arm ORDER BY eligible_at) AS nth FROM exposures
           WHERE site = 'lin' AND campaign_id = ?1)
         WHERE nth % iif(arm = 'holdout', 12, 20) = 0`,
      )
      .bind(id)
      .run();
  }
  await post(
    `${server.url}/api/sites/lin/business-cases`,
    {
      name: "Size advice",
      campaign: ids.get("Size advice"),
      visitors: point(8_000),
      conversion: { low: 0.45, likely: 0.5, high: 0.55 },
      basket: { low: 80, likely: 90, high: 110 },
      margin: point(0.55),
      acceptance: { low: 0.05, likely: 0.08, high: 0.1 },
      lift: { low: 0.2, likely: 0.4, high: 0.6 },
      agent_hour: point(28),
      chats_per_agent_hour: { low: 4, likely: 5, high: 6 },
    },
    headers,
  );
  // Somebody came before there was a campaign.
  await database
    .prepare(
      `INSERT INTO sessions (site, id, revision, visitor_id, started_at, last_at, ended_at, pages, events, seconds, utm,
         cart_value, cart_items, global_holdout, covered, eligible)
       VALUES ('lin', 'ses_early', 1, 'early', ?1, ?1, ?1, 2, 3, 60, '{}', 0, 0, 0, 1, 0)`,
    )
    .bind(NOW - 115 * DAY_MS)
    .run();
  // The first look has the campaigns counted.
  const whole = `from=${new Date(NOW - 60 * DAY_MS).toISOString()}`;
  for (const path of [`overview?${whole}`, "guide"])
    await (await fetch(`${server.url}/api/sites/lin/${path}`, { headers })).arrayBuffer();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await server.stop();
  rmSync(state, { recursive: true, force: true });
});

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");

/** Each screen in both languages: no fault of accessibility, no complaint, a picture where those are asked for. */
async function inBoth(
  screen: string,
  name: string,
  look: (page: Page, isFrench: boolean) => Promise<void>,
): Promise<void> {
  for (const locale of LANGUAGES) {
    const { context, page, complaints } = await enterAdmin(browser, server.url, { locale });
    await page.goto(`${server.url}/admin/lin${screen}`);
    await look(page, locale === "fr-FR");
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    const folder = process.env["SCREENSHOTS_DIR"];
    if (folder !== undefined)
      await page.screenshot({ path: join(folder, `${name}-${locale.slice(0, 2)}.png`), fullPage: true });
    await context.close();
  }
}

test("OVW29: in a period after its planned end a campaign that goes on is in the figure, and not among those without", async () => {
  await inBoth(`?from=${dateOf(-14)}&to=${dateOf(-1)}`, "effect-after-end", async (page, isFrench) => {
    await page.locator('.one-figure[data-state="measured"]').waitFor({ timeout: 30_000 });
    const words = plain(await page.locator(".one-figure").innerText());
    expect(words).not.toContain("Cart help");
    expect(words).toContain(isFrench ? "Welcome (répartition" : "Welcome (unusable split)");
    expect(words).not.toMatch(/nobody is held out|sans témoins/);
    await page.getByRole("row", { name: /^Cart help/ }).waitFor();
  });
});

test("OVW29: a period in which nobody could be invited says so, and asks for no hold-out", async () => {
  await inBoth(`?from=${dateOf(-120)}&to=${dateOf(-110)}`, "effect-nobody", async (page, isFrench) => {
    await page.locator('.one-figure[data-state="nobody"]').waitFor({ timeout: 30_000 });
    const words = plain(await page.locator(".one-figure").innerText());
    expect(words).toContain(
      isFrench
        ? "Personne : aucun visiteur de la période ne remplissait les conditions d’une campagne"
        : "Nobody: no visitor of this period could have been invited",
    );
    expect(await page.locator(".one-figure a.button").count()).toBe(0);
  });
});

test("OBJ7: a small lift that nobody planned is not called less than planned", async () => {
  await inBoth("/objectives", "effect-guide", async (page, isFrench) => {
    const said = isFrench
      ? "« Size advice » ajoute moins d’un dixième de ce qui vient sans invitation"
      : "“Size advice” adds less than a tenth of what comes unasked";
    await page.locator(".findings h3").first().waitFor({ timeout: 30_000 });
    expect((await page.locator(".findings h3").allInnerTexts()).map(plain)).toContain(said);
  });
});

test("RET3 RET14: what is not excluded is not as expected; rates of contacts stand only where they are read", async () => {
  await inBoth("/return", "effect-return", async (page, isFrench) => {
    await page
      .getByText(isFrench ? "Pas encore distingué de l’attendu" : "Not told apart from it yet")
      .first()
      .waitFor({ timeout: 30_000 });
    const choice = page.getByLabel(isFrench ? "Contacts évités par" : "Contacts spared by");
    const row = page.locator("section[aria-labelledby=contacts] tbody tr").first();
    await choice.selectOption({ label: "Cart help" });
    await row.getByText(/%/).first().waitFor();
    const read = plain(await row.innerText());
    expect(read).toMatch(/8[.,]\d ?%/);
    expect(read).toMatch(isFrench ? /\d €\s\(.* à .* €\)/ : /€[\d,]+\s\(€[\d,]+ to €[\d,]+\)/);
    await choice.selectOption({ label: "Welcome" });
    await row.getByText("83 / 1").waitFor();
    expect(plain(await row.innerText())).not.toContain("%");
    await choice.selectOption({ label: "Cart help" });
    await row.getByText(/%/).first().waitFor();
  });
});
