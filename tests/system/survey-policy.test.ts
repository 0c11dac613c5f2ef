/**
 * Whom a site asks what they thought, the whole way: set in the admin, said in the console, asked by the widget in the
 * shop, and told by figures and exports.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AdminPage, enterAdmin, type Look, violations } from "./admin-page.ts";
import { launchBrowser } from "./browser.ts";
import { agentOnline, conclude, expectClean, newPage, reply, sheetOf, takeOffer } from "./console-page.ts";
import { DEMO_API_KEY, eventually, exported } from "./demo-api.ts";
import { url } from "./own-server.ts";

const SHOTS = process.env["SCREENSHOTS_DIR"];
const LOOKS: [string, Look][] = [
  ["light", {}],
  ["dark-fr", { dark: true, locale: "fr-FR" }],
  ["phone-fr", { phone: true, locale: "fr-FR" }],
];
let browser: Browser;
beforeAll(async () => void (browser = await launchBrowser()));
afterAll(() => browser.close());

const KEY = { authorization: `Bearer ${DEMO_API_KEY}` };

const section = (page: Page) => page.locator('section[aria-labelledby="surveys-title"]');
const panelOf = (page: Page) => page.getByRole("dialog", { name: "Conversation avec Atelier Lin" });
const questionsOf = (page: Page) => panelOf(page).getByRole("group");

async function settings(look?: Look): Promise<AdminPage> {
  const admin = await enterAdmin(browser, url, look);
  await admin.page.goto(`${url}/admin/demo/settings`);
  await section(admin.page).waitFor();
  return admin;
}

/** What the admin sets is what conversations that are opened from now on go by. */
async function setPolicy(act: (page: Page) => Promise<void>): Promise<void> {
  const { context, page, complaints } = await settings();
  await act(page);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved, live everywhere within 10 s").waitFor();
  expect(complaints).toEqual([]);
  await context.close();
}

/** Somebody in the shop who says `words`, and whom the agent has answered. */
async function answered(agent: Page, words: string): Promise<Page> {
  const visitor = await newPage();
  await visitor.goto(`${url}/shop/`);
  await visitor.waitForLoadState("networkidle");
  await visitor.evaluate(() => (Reflect.get(globalThis, "aparte") as { open(): void }).open());
  const field = panelOf(visitor).getByRole("textbox", { name: "Votre message" });
  await field.fill(words);
  await field.press("Enter");
  await takeOffer(agent, words);
  await reply(agent).fill("Bien sûr.");
  await reply(agent).press("Enter");
  await panelOf(visitor).getByText("Bien sûr.").waitFor();
  return visitor;
}

async function end(visitor: Page): Promise<void> {
  await visitor.getByRole("button", { name: "Options" }).click();
  await visitor.getByRole("button", { name: "Terminer la conversation" }).click();
  await visitor.getByRole("button", { name: "Terminer", exact: true }).click();
  await visitor.getByRole("button", { name: "Nouvelle conversation" }).waitFor();
}

type Figure = { value: number | null; numerator: number | null; denominator: number | null; n: number };
async function figures(...names: string[]): Promise<Record<string, Figure>> {
  const answer = await fetch(`${url}/api/sites/demo/kpis?kpis=${names.join(",")}`, { headers: KEY });
  const { rows } = (await answer.json()) as { rows: Record<string, Figure>[] };
  return rows[0] ?? {};
}

test("R-C46 R-C44 R-C43 R-C47 KPI83: recommendation alone, then nothing, then where the agent ticks it: what is set is asked and counted", async () => {
  const agent = await agentOnline("lea@demo.test");
  await setPolicy(async (page) => {
    const asked = section(page);
    for (const name of ["Three faces", "Is it settled?", "Satisfaction (CSAT)", "Effort (CES)"])
      await asked.getByLabel(name).uncheck();
    await asked.getByRole("alert").getByText("Tick at least one question").waitFor();
    await asked.getByLabel("Recommendation (NPS)").check();
    await asked.getByLabel("Once asked, left alone for (days)").fill("30");
  });
  const ada = await answered(agent, "Une question d’Ada");
  await end(ada);
  await panelOf(ada).getByRole("group", { name: "Nous recommanderiez-vous" }).waitFor();
  expect(await questionsOf(ada).count()).toBe(1);
  expect(await questionsOf(ada).getByRole("radio").count()).toBe(11);
  await expectClean(ada, "survey-nps");
  await questionsOf(ada).getByText("0", { exact: true }).click();
  await panelOf(ada).getByRole("button", { name: "Envoyer" }).click();
  await panelOf(ada).getByText("Merci, c’est noté.", { exact: true }).waitFor();
  await conclude(agent, "Réglé");

  // Asked a moment ago: left alone.
  await ada.getByRole("button", { name: "Nouvelle conversation" }).click();
  const field = panelOf(ada).getByRole("textbox", { name: "Votre message" });
  await field.fill("Encore une");
  await field.press("Enter");
  await takeOffer(agent, "Encore une");
  await reply(agent).fill("Voilà.");
  await reply(agent).press("Enter");
  await panelOf(ada).getByText("Voilà.").waitFor();
  await end(ada);
  expect(await questionsOf(ada).count()).toBe(0);
  await conclude(agent, "Réglé");

  await setPolicy(async (page) => {
    await section(page).getByLabel("When visitors are asked").selectOption("never");
    expect(await section(page).getByRole("checkbox").count()).toBe(0);
  });
  const bob = await answered(agent, "Une question de Bob");
  await end(bob);
  expect(await questionsOf(bob).count()).toBe(0);
  await conclude(agent, "Réglé");

  await setPolicy(async (page) => {
    await section(page).getByLabel("When visitors are asked").selectOption("agent");
    await section(page).getByLabel("Recommendation (NPS)").uncheck();
    await section(page).getByLabel("Satisfaction (CSAT)").check();
  });
  const cyd = await answered(agent, "Une question de Cyd");
  await agent.getByRole("button", { name: "Conclure", exact: true }).click();
  const ask = sheetOf(agent).getByLabel("Demander son avis au visiteur");
  await ask.check();
  expect(await sheetOf(agent).getByText("moins de 30 jours").count()).toBe(1);
  await expectClean(agent, "conclude-ask");
  await sheetOf(agent).getByRole("button", { name: "Conclure" }).click();
  await panelOf(cyd).getByRole("group", { name: "Votre satisfaction, de 1 à 5" }).waitFor();
  expect(await questionsOf(cyd).count()).toBe(1);

  const told = await eventually(
    () => exported(url, "conversations"),
    (rows) => rows.length === 4 && rows.every(({ status }) => status === "closed"),
  );
  expect(told.map((row) => row["survey_asked"]).toSorted()).toEqual(["0", "0", "1", "1"]);
  expect(told.map((row) => row["survey_questions"]).toSorted()).toEqual(['["csat"]', '["nps"]', "[]", "[]"]);
  const answers = await eventually(
    () => exported(url, "surveys"),
    (rows) => rows.length === 1,
  );
  expect(answers).toMatchObject([{ nps: "0", csat: "", ces: "", resolved: "", welcome: "" }]);
  const {
    nps,
    nps_response_rate: recommending,
    csat_response_rate: content,
    survey_response_rate: rate,
  } = await eventually(
    () => figures("nps", "nps_response_rate", "csat_response_rate", "survey_response_rate"),
    (now) => now["survey_response_rate"]?.denominator === 2,
  );
  expect(nps).toMatchObject({ value: -100, n: 1 });
  expect(rate).toMatchObject({ numerator: 1, denominator: 2 });
  // One was asked for the recommendation and answered, one for satisfaction and did not.
  expect(recommending).toMatchObject({ numerator: 1, denominator: 1 });
  expect(content).toMatchObject({ numerator: 0, denominator: 1 });
  const { context, page } = await settings();
  await section(page).getByText("In the last 30 days 2 were asked, 1 answered.").waitFor();
  await context.close();
});

test.each(LOOKS)(
  "R-C46: the policy keeps nobody out, and what cannot be is said at its field (%s)",
  async (name, look) => {
    const { context, page, complaints } = await settings(look);
    const own = section(page);
    await own.locator("select").selectOption("closed");
    await page.locator("form.settings").evaluate((form: HTMLFormElement) => {
      form.noValidate = true;
    });
    await own.locator("input[type=number]").first().fill("120");
    await page.locator("form.settings button[type=submit]").click();
    await own.locator(".field-error").first().waitFor();
    await own.locator('[aria-invalid="true"]:focus').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    await own.locator("input[type=number]").first().fill("25");
    await page.keyboard.press("Tab");
    await page.keyboard.type("90");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    if (SHOTS !== undefined) {
      await own.evaluate((element) => element.scrollIntoView({ block: "start" }));
      await page.screenshot({ path: `${SHOTS}/surveys-${name}.png` });
    }
    expect(complaints).toEqual([]);
    await context.close();
  },
);
