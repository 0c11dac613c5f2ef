/** Funnels and journeys in a real browser: made, read, changed; in both languages, light, dark and on a phone. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Papa from "papaparse";
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningServer, startServer } from "../../scripts/server.ts";
import { Journeys } from "../../domain/journeys/wire.ts";
import { mulberry } from "../mulberry.ts";
import { enterAdmin, type Look, violations } from "./admin-page.ts";
import { launchBrowser } from "./browser.ts";
import { post, signIn } from "./demo-api.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.now();
const STEPS = [
  {
    key: "fiche",
    name: "Product page",
    event: "Product Viewed",
    target: { passing: 0.5 },
    importance: { business: 4 },
  },
  { key: "panier", name: "Cart", event: "Cart Viewed", target: { satisfaction: 4.4, effort: 5 } },
  { key: "caisse", name: "Checkout", event: "Checkout Started", target: { passing: 0.8 } },
  { key: "payee", name: "Paid", event: "Order Completed" },
];
const PAGES = ["/p/chemise-lin", "/p/pantalon", "/retours", "/guide-des-tailles", "/recherche", "/livraison"];
/** Who goes on from each step, on a computer and on a phone: the phone falls behind at the checkout. */
const GOES_ON = { desktop: [0.42, 0.62, 0.84], mobile: [0.41, 0.6, 0.55] };

const state = mkdtempSync(join(tmpdir(), "aparte-journeys-"));
const shots = process.env["SHOTS"];
let server: RunningServer;
let browser: Browser;
let funnel: string;

type Database = Awaited<ReturnType<RunningServer["miniflare"]["getD1Database"]>>;

/** 40 days of visits, some of whom talk and answer, straight into history. */
async function keepVisits(database: Database): Promise<void> {
  const random = mulberry(11);
  const visits: object[] = [];
  const chats: object[] = [];
  for (let index = 0; index < 3_200; index += 1) {
    const at = NOW - 2 * HOUR_MS - Math.floor(random() * 40 * DAY_MS);
    const device = random() < 0.55 ? "mobile" : "desktop";
    const pick = () => PAGES[Math.floor(random() * PAGES.length)] ?? "/";
    const path = random() < 0.4 ? ["/", pick()] : ["/"];
    const steps: Record<string, number> = {};
    let [seconds, furthest] = [Math.floor(random() * 40), -1];
    for (const [step, { key }] of STEPS.entries()) {
      if (random() > (step === 0 ? 0.7 : (GOES_ON[device][step - 1] ?? 0))) break;
      steps[key] = seconds;
      seconds += 20 + Math.floor(random() * 160);
      path.push(step === 0 ? pick() : `/${key}`);
      furthest = step;
    }
    const next = furthest >= 0 && furthest < 3 && random() < 0.4 ? pick() : null;
    if (next !== null) path.push(next);
    const groups = path.filter((page, place) => page !== path[place - 1]);
    visits.push({
      id: `ses_${index}`,
      visitor: `v_${index}`,
      at,
      end: at + (seconds + 30) * 1_000,
      device,
      bought: furthest === 3,
      path: JSON.stringify(groups),
      funnels: furthest < 0 ? null : JSON.stringify({ boutique: { steps, next } }),
      missing:
        random() < 0.03
          ? JSON.stringify([["/anciennes-chemises/:n", random() < 0.5 ? "/" : "blog.example"]])
          : null,
    });
    const talks = furthest >= 0 && random() < 0.5;
    if (talks) {
      const base = [4, 3.7, 1.6, 4.5][furthest] ?? 3;
      const score = (most: number, mean: number) =>
        Math.max(1, Math.min(most, Math.round(mean + (random() - 0.5) * 2)));
      chats.push({
        id: `cnv_${index}`,
        visitor: `v_${index}`,
        at: at + (seconds + 1) * 1_000,
        csat: score(5, base),
        ces: score(7, base + 1),
      });
    }
  }
  const run = (sql: string, rows: object[]) => database.prepare(sql).bind(JSON.stringify(rows)).run();
  for (let from = 0; from < visits.length; from += 800) {
    const rows = visits.slice(from, from + 800);
    await run(
      `INSERT INTO sessions (site, id, revision, visitor_id, started_at, last_at, ended_at, pages, events, seconds, utm,
        device_type, cart_value, cart_items, global_holdout, covered, eligible, path, funnels, not_found)
       SELECT 'lin', value ->> 'id', 2, value ->> 'visitor', value ->> 'at', value ->> 'end', value ->> 'end', 3, 5, 60, '{}',
        value ->> 'device', 0, 0, 0, 0, 0, value ->> 'path', value ->> 'funnels', value ->> 'missing' FROM json_each(?1)`,
      rows,
    );
    await run(
      `INSERT INTO orders (site, order_id, revision, visitor_id, session_id, at, received_at, total, currency, status, items, covered)
       SELECT 'lin', 'ord_' || (value ->> 'id'), 1, value ->> 'visitor', value ->> 'id', value ->> 'end', value ->> 'end', 50,
        'EUR', 'claimed', 1, 0 FROM json_each(?1) WHERE value ->> 'bought'`,
      rows,
    );
  }
  await run(
    `INSERT INTO conversations (site, id, revision, visitor_id, status, created_at, queued_at, first_visitor_message_at,
      closed_at, visitor_messages, agent_messages)
     SELECT 'lin', value ->> 'id', 1, value ->> 'visitor', 'closed', value ->> 'at', value ->> 'at', value ->> 'at',
      (value ->> 'at') + 1000, 1, 1 FROM json_each(?1)`,
    chats,
  );
  await run(
    `INSERT INTO surveys (site, conversation_id, revision, visitor_id, at, csat, ces)
     SELECT 'lin', value ->> 'id', 1, value ->> 'visitor', value ->> 'at', value ->> 'csat', value ->> 'ces' FROM json_each(?1)`,
    chats,
  );
}

beforeAll(async () => {
  server = await startServer({ port: 0, stateDir: state });
  const cookie = await signIn(server.url, "admin@demo.test");
  const headers = { cookie, origin: server.url };
  await post(`${server.url}/api/sites`, { key: "lin", name: "Atelier Lin" }, headers);
  const made = await post<{ id: string }>(
    `${server.url}/api/sites/lin/funnels`,
    { key: "boutique", name: "Buying a shirt", steps: STEPS },
    headers,
  );
  funnel = made.id;
  await keepVisits(await server.miniflare.getD1Database("DB"));
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await server.stop();
  rmSync(state, { recursive: true, force: true });
});

async function open(path: string, look: Look = {}, site = "lin") {
  const { context, page, complaints } = await enterAdmin(browser, server.url, look);
  await page.goto(`${server.url}/admin/${site}/${path}`);
  return { page, complaints, close: () => context.close() };
}

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");
const sentence = async (page: Page) => plain(await page.locator(".status-sentence").innerText());
async function shoot(page: Page, name: string): Promise<void> {
  if (shots !== undefined) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

const LOOKS: [name: string, look: Look][] = [
  ["en", {}],
  ["fr-dark", { locale: "fr-FR", dark: true }],
  ["fr-phone", { locale: "fr-FR", phone: true }],
];

describe("funnels", () => {
  test.each(LOOKS)("JRN19: a funnel says where visits stop and on which device, %s", async (name, wanted) => {
    const { page, complaints, close } = await open(`funnels/${funnel}`, wanted);
    await page.locator(".funnel-bars li").nth(3).waitFor();
    const french = wanted.locale === "fr-FR";
    expect(await sentence(page)).toBe(
      french
        ? "Le plus de visites s’arrêtent à « Product page ». Le plus évitable est à « Checkout » sur téléphone."
        : "Most visits stop at “Product page”. Most avoidable is “Checkout” on a phone.",
    );
    expect(await violations(page)).toEqual([]);
    await shoot(page, `funnel-${name}`);
    expect(complaints).toEqual([]);
    await close();
  });

  test("JRN19: the bars, the table and the file say the same, and a device has its own bars", async () => {
    const { page, close } = await open(`funnels/${funnel}`);
    await page.locator(".funnel-bars li").nth(3).waitFor();
    const counts = await page.locator(".funnel-label span").allInnerTexts();
    const cells = await page
      .locator("#funnel-steps")
      .locator("xpath=ancestor::section")
      .locator("tbody tr td:nth-child(2)")
      .allInnerTexts();
    expect(cells).toEqual(counts);
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "CSV of the steps" }).click();
    const file = readFileSync(await (await saving).path(), "utf8");
    const rows = Papa.parse<Record<string, string>>(file.replace("\uFEFF", ""), {
      header: true,
      skipEmptyLines: true,
    }).data;
    expect(rows.map((row) => Number(row["visits"]).toLocaleString("en-GB"))).toEqual(counts);
    await page.getByLabel("Device", { exact: true }).selectOption("mobile");
    await page.getByText("Visits at each step, Phone").waitFor();
    expect(page.url()).toContain("device=mobile");
    const phone = await page.locator(".funnel-label span").allInnerTexts();
    expect(
      phone.every(
        (count, at) => Number(count.replace(",", "")) < Number((counts[at] ?? "").replace(",", "")),
      ),
    ).toBe(true);
    await close();
  });

  test("JRN20: a funnel is made with the keyboard, read while it is empty, changed and deleted", async () => {
    const { page, complaints, close } = await open("funnels");
    await page.getByRole("link", { name: "Buying a shirt", exact: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    await shoot(page, "funnels-list");
    await page.getByRole("link", { name: "New funnel" }).focus();
    await page.keyboard.press("Enter");
    await page.getByLabel("Name", { exact: true }).fill("Call back");
    await page.getByLabel("Name of the step").nth(0).fill("Form opened");
    await page.getByLabel("Event").nth(0).fill("Form Started");
    await page.getByLabel("Name of the step").nth(1).fill("Form sent");
    await page.getByLabel("Reached by").nth(1).selectOption("path");
    await page.getByLabel("Path").fill("merci");
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByText("A path begins with / and has no space").waitFor();
    expect(await page.evaluate("document.activeElement.getAttribute('aria-invalid')")).toBe("true");
    await page.getByLabel("Path").fill("/merci");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByText("Created: visits count from now on").waitFor();
    await shoot(page, "funnel-editor");
    await page.getByText("Targets and importance").nth(1).click();
    await page.getByLabel("Target: satisfaction, 1 to 5").nth(1).fill("4.5");
    await page.getByRole("button", { name: "Move step 2 up" }).click();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Saved, live everywhere within 10 s").waitFor();
    await page.getByRole("link", { name: "Results" }).click();
    await page.getByText("Nobody has entered this funnel yet").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole("link", { name: "Edit" }).click();
    expect(await page.getByLabel("Name of the step").nth(0).inputValue()).toBe("Form sent");
    await page.getByRole("button", { name: "Delete the funnel" }).click();
    await page.getByRole("link", { name: "Buying a shirt", exact: true }).waitFor();
    expect(await page.getByText("Call back").count()).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });

  test("JRN20: what somebody else saved meanwhile is shown field by field, and nothing is lost", async () => {
    const { page, close } = await open(`funnels/${funnel}/edit`);
    await page.getByLabel("Name", { exact: true }).fill("Buying shirts");
    const cookie = await signIn(server.url, "admin@demo.test");
    const saved = (await (
      await fetch(`${server.url}/api/sites/lin/funnels/${funnel}`, { headers: { cookie } })
    ).json()) as { version: number; name: string };
    const changed = await fetch(`${server.url}/api/sites/lin/funnels/${funnel}`, {
      method: "PATCH",
      headers: {
        cookie,
        origin: server.url,
        "content-type": "application/json",
        "if-match": `"${saved.version}"`,
      },
      body: JSON.stringify({ name: "Buying one" }),
    });
    expect(changed.status).toBe(200);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Somebody saved this funnel meanwhile").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.locator(".conflict button").first().click();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Saved, live everywhere within 10 s").waitFor();
    await close();
  });
});

describe("journeys", () => {
  test.each(LOOKS)(
    "JRN21: the journey is drawn, told in a sentence, and each drawing has its table, %s",
    async (name, wanted) => {
      const { page, complaints, close } = await open("journeys", wanted);
      await page.locator("svg.plot").nth(2).waitFor();
      const french = wanted.locale === "fr-FR";
      expect(await sentence(page)).toMatch(
        french
          ? /^L’étape la moins bien vécue est Checkout \([12],\d sur 5\)\. Le plus de visites sans commande finissent sur l’accueil \([\d ]+\)\.$/
          : /^The stage that feels worst is Checkout \([12]\.\d out of 5\)\. Most visits without an order end on the home page \([\d,]+\)\.$/,
      );
      expect(await violations(page)).toEqual([]);
      await shoot(page, `journeys-${name}`);
      const tables = await page
        .getByRole("button", { name: french ? /^Voir le tableau/ : /^Show as table/ })
        .all();
      expect(tables).toHaveLength(3);
      for (const button of tables.toReversed()) await button.click();
      expect(await page.locator("svg.plot").count()).toBe(0);
      expect(await violations(page)).toEqual([]);
      await shoot(page, `journeys-tables-${name}`);
      expect(complaints).toEqual([]);
      await close();
    },
  );

  test.each([
    ["en-GB", "before: "],
    ["fr-FR", "avant : "],
  ] as const)(
    "JRN23: stages, ends and missing pages stand beside the period before, in the tables and in the files, %s",
    async (lang, before) => {
      const { page, complaints, close } = await open("journeys", { locale: lang });
      const answer = await page.waitForResponse((one) => one.url().includes("/journeys?"));
      expect(new URL(answer.url()).searchParams.get("compare")).toBe("previous");
      const told = Journeys.parse(await answer.json());
      if (told.compared === null) throw new Error("nothing is compared");
      const many = (n: number) => plain(new Intl.NumberFormat(lang).format(n));
      await page.locator(".stage-columns").waitFor();
      expect(plain(await page.locator(".journey-compared").innerText())).toContain(
        many(told.compared.visits),
      );
      const [first] = told.maps.find(({ key }) => key === "boutique")?.stages ?? [];
      const cells = page.locator(".stage-columns tbody tr");
      expect(plain(await cells.nth(0).locator("td").first().innerText())).toContain(
        `${before}${many(first?.before?.visits ?? 0)}`,
      );
      const change = cells.nth(1).locator("td").first().locator(".change");
      const isSure = (first?.differences?.passing?.p ?? 1) <= 0.05;
      expect((await change.getAttribute("class")) === "change quiet").toBe(!isSure);
      const ends = page.locator("section[aria-labelledby=journey-abandoned] tbody tr").first();
      expect(plain(await ends.innerText())).toContain(
        `${before}${many(told.abandoned[0]?.before?.lost ?? 0)} / ${many(told.abandoned[0]?.before?.seen ?? 0)}`,
      );
      const missing = page.locator("section[aria-labelledby=journey-missing] tbody tr").first();
      expect(plain(await missing.innerText())).toContain(`${before}${many(told.not_found[0]?.before ?? 0)}`);

      const files: [section: string, check: (row: Record<string, string>) => void][] = [
        [
          "journey-curve",
          (row) =>
            expect([row["visits_before"], row["passing_before"], row["passing_change_p"]]).toEqual([
              String(first?.before?.visits),
              String(first?.before?.passing?.value),
              String(first?.differences?.passing?.p),
            ]),
        ],
        [
          "journey-abandoned",
          (row) =>
            expect([row["ended_without_order_before"], row["rate_change"]]).toEqual([
              String(told.abandoned[0]?.before?.lost),
              String(told.abandoned[0]?.difference?.value),
            ]),
        ],
        ["journey-missing", (row) => expect(row["visits_before"]).toBe(String(told.not_found[0]?.before))],
      ];
      for (const [section, check] of files) {
        const saving = page.waitForEvent("download");
        await page
          .locator(`section[aria-labelledby=${section}]`)
          .getByRole("button", { name: "CSV" })
          .click();
        const text = readFileSync(await (await saving).path(), "utf8").replace(/^\uFEFF/, "");
        const [row] = Papa.parse<Record<string, string>>(text, { header: true }).data;
        check(row ?? {});
      }
      expect(complaints).toEqual([]);
      await close();
    },
  );

  test("JRN21: a site without visits says so, and what to do", async () => {
    const cookie = await signIn(server.url, "admin@demo.test");
    await post(`${server.url}/api/sites`, { key: "vide", name: "Vide" }, { cookie, origin: server.url });
    const { page, close } = await open("journeys", {}, "vide");
    await page.getByText("No visit has ended in these days").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.goto(`${server.url}/admin/vide/funnels`);
    await page.getByRole("link", { name: "Checkout" }).click();
    await page.getByText("Nobody has entered this funnel yet").waitFor();
    await close();
  });

  test("JRN21: where it cannot be read, the panel says so and tries again", async () => {
    const { page, close } = await open("funnels");
    await page
      .getByRole("link", { name: "Customer journey" })
      .or(page.getByRole("link", { name: "Journeys" }))
      .first()
      .waitFor();
    await page.route("**/api/sites/lin/journeys?*", (route) => route.abort());
    await page.goto(`${server.url}/admin/lin/journeys`);
    await page.getByText("The journeys could not be read.").waitFor();
    await page.unroute("**/api/sites/lin/journeys?*");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator(".status-sentence").waitFor();
    await close();
  });
});
