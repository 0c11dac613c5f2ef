/** How a conversation ends for the visitor, in a real browser against a scripted Aparté. */
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "./browser.ts";
import { decisionOf, type Site } from "./scripted-site.ts";
import { accept, expectAccessible, on, PHONE, shoot, until, write } from "./widget-page.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

const choice = (page: Page, legend: string, name: string) =>
  page.getByRole("group", { name: legend }).getByText(name, { exact: true });

async function end({ page, room }: Site): Promise<void> {
  room.event("assigned", { agent: { id: "usr_lea", name: "Léa" } });
  await page.getByRole("button", { name: "Options" }).click();
  await page.getByRole("button", { name: "Terminer la conversation" }).click();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Terminer", exact: true }).click();
  await page.getByText("Vous avez clos la conversation").waitFor();
}

const surveys = ({ room }: Site) => room.posted.filter(({ path }) => path.endsWith("/survey"));

test("R-W35 R-W89: three faces and a word, then three figures for who likes, and never again", async () => {
  for (const context of [PHONE, { colorScheme: "dark" as const }]) {
    await on(browser, { decision: decisionOf(), context }, async (site) => {
      const { page } = site;
      await accept(site);
      await end(site);
      await choice(page, "Léa a répondu à votre question", "À moitié").click();
      await choice(page, "L’accueil", "Bon").click();
      await choice(page, "L’attente", "Trop longue").click();
      await page.getByRole("textbox", { name: /Qu’aurait-il fallu/ }).fill("un tableau");
      await shoot(page, `rating-${"colorScheme" in context ? "dark" : "phone"}`);
      await expectAccessible(page);
      await page.getByRole("button", { name: "Envoyer" }).click();
      const faces = { token: "token-1", welcome: 3, wait: 1, answer: 2, comment: "un tableau" };
      await until([{ path: "/v1/conversations/cnv_demo_1_1/survey", body: faces }], () => surveys(site));
      await choice(page, "Votre demande est-elle réglée", "Oui").click();
      await choice(page, "Votre satisfaction", "4").click();
      await choice(page, "Avoir votre réponse a été", "6").click();
      await shoot(page, `figures-${"colorScheme" in context ? "dark" : "phone"}`);
      await expectAccessible(page);
      await page.getByRole("button", { name: "Envoyer" }).click();
      await page.getByText("Merci, c’est noté.", { exact: true }).waitFor();
      expect(surveys(site)[1]?.body).toEqual({ ...faces, resolved: true, csat: 4, ces: 6 });
      await page.reload();
      await page.getByRole("button", { name: "Nouvelle conversation" }).waitFor();
      expect(await page.getByRole("group").count()).toBe(0);
    });
  }
});

test("R-C44: the recommendation is asked alone from 0 to 10, its ends in words, and 0 is an answer", async () => {
  for (const [name, context] of [
    ["light", {}],
    ["dark", { colorScheme: "dark" as const }],
    ["phone", PHONE],
    ["narrow", { ...PHONE, viewport: { width: 320, height: 700 } }],
  ] as const) {
    await on(browser, { decision: decisionOf(), context }, async (site) => {
      const { page, room } = site;
      await accept(site);
      room.say("Prenez du M.");
      room.event("closed", { reason: "agent", survey: ["nps"] });
      const asked = page.getByRole("group", { name: "Nous recommanderiez-vous, de 0 à 10" });
      await asked.waitFor();
      expect(await page.getByRole("group").count()).toBe(1);
      expect(await asked.getByRole("radio").count()).toBe(11);
      await asked.getByText("Pas du tout").waitFor();
      const least = await asked
        .locator("label")
        .evaluateAll((labels) => Math.min(...labels.map((label) => label.getBoundingClientRect().width)));
      expect(least).toBeGreaterThanOrEqual(24);
      const send = page.getByRole("button", { name: "Envoyer" });
      expect(await send.getAttribute("aria-disabled")).toBe("true");
      await asked.getByRole("radio").first().focus();
      await page.keyboard.press("Space");
      await shoot(page, `nps-${name}`);
      await expectAccessible(page);
      await send.click();
      await page.getByText("Merci, c’est noté.", { exact: true }).waitFor();
      expect(surveys(site)).toMatchObject([{ body: { token: "token-1", nps: 0 } }]);
      expect(await page.getByRole("group").count()).toBe(0);
    });
  }
});

test("R-C44: where nobody is asked the end asks nothing, and what is asked is asked in its order", async () => {
  for (const survey of [[], ["nps", "faces"]]) {
    await on(browser, { decision: decisionOf() }, async (site) => {
      const { page, room } = site;
      await accept(site);
      room.say("Prenez du M.");
      room.event("closed", { reason: "agent", survey });
      await page.getByRole("button", { name: "Nouvelle conversation" }).waitFor();
      if (survey.length === 0) {
        expect(await page.getByRole("group").count()).toBe(0);
        return;
      }
      await choice(page, "L’accueil", "Bon").click();
      await page.getByRole("button", { name: "Envoyer" }).click();
      await page.getByText("Merci, c’est noté. Une précision").waitFor();
      await choice(page, "Nous recommanderiez-vous", "9").click();
      await page.getByRole("button", { name: "Envoyer" }).click();
      await page.getByText("Merci, c’est noté.", { exact: true }).waitFor();
      expect(surveys(site)[1]?.body).toEqual({ token: "token-1", welcome: 3, nps: 9 });
    });
  }
});

test("R-W89: at the end of a long conversation the question stands in sight", async () => {
  await on(browser, { decision: decisionOf() }, async (site) => {
    const { page, room } = site;
    await accept(site);
    room.event("assigned", { agent: { id: "usr_lea", name: "Léa" } });
    for (let line = 1; line <= 30; line += 1) room.say(`Ligne ${line}`);
    await page.getByText("Ligne 30").waitFor();
    await end(site);
    await expect
      .poll(() =>
        page.getByRole("button", { name: "Envoyer" }).evaluate((button) => {
          const { bottom } = button.getBoundingClientRect();
          return bottom > 0 && bottom <= innerHeight;
        }),
      )
      .toBe(true);
  });
});

test("R-W35: the question can be passed over, and a conversation that nobody answered asks none", async () => {
  await on(browser, { decision: decisionOf() }, async (site) => {
    const { page } = site;
    await accept(site);
    await end(site);
    await page.getByRole("button", { name: "Passer" }).click();
    await page.getByRole("button", { name: "Passer" }).waitFor({ state: "detached" });
    expect(surveys(site)).toEqual([]);
  });
  await on(browser, { decision: decisionOf() }, async (site) => {
    const { page, room } = site;
    room.agent = null;
    await accept(site);
    await write(page, "Personne ?");
    await until(1, () => room.log.length);
    room.event("closed", { reason: "idle" });
    await page.getByRole("button", { name: "Nouvelle conversation" }).waitFor();
    expect(await page.getByRole("group").count()).toBe(0);
  });
});

test("R-W90: the conversation is kept as a text: who said what and when, in the visitor's language", async () => {
  await on(browser, { decision: decisionOf(), context: { timezoneId: "Europe/Paris" } }, async (site) => {
    const { page, room } = site;
    await accept(site);
    room.event("assigned", { agent: { id: "usr_lea", name: "Léa" } });
    room.say("Bonjour !\nUne question ?");
    await write(page, "99 cm. Donc M ?");
    await until(3, () => room.log.length);
    const body = { id: "fil_1", name: "guide.pdf", type: "application/pdf", bytes: 9 };
    room.say(JSON.stringify(body), { kind: "file" });
    await page.getByText("guide.pdf").waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Options" }).click();
    await page.getByRole("button", { name: "Recevoir la transcription" }).click();
    const saved = await download;
    expect(saved.suggestedFilename()).toMatch(/^conversation-\d{4}-\d\d-\d\d\.txt$/);
    const text = readFileSync(await saved.path(), "utf8")
      .replaceAll("\u00a0", " ")
      .replaceAll("\r", "");
    expect(text).toBe(
      [
        "Conversation avec Atelier Lin",
        "",
        "dimanche 22 novembre 2026",
        "14:31  (Léa rejoint la conversation)",
        "14:32  Léa : Bonjour !",
        "       Une question ?",
        "14:33  Vous : 99 cm. Donc M ?",
        "14:34  Léa : [guide.pdf]",
        "",
      ].join("\n"),
    );
  });
});

test("R-W91: a token that is about to expire is asked for anew before a conversation is opened with it", async () => {
  const tokenOf = (seconds: number): string => {
    const payload = { sub: "claire", aud: "demo", exp: Math.floor(Date.now() / 1_000) + seconds };
    return `e30.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.signed`;
  };
  const fresh = tokenOf(3_000);
  for (const [given, sent, asked] of [
    [tokenOf(20), fresh, true],
    [fresh, fresh, false],
  ] as const) {
    await on(browser, { decision: decisionOf(), identityToken: given }, async (site) => {
      const { page, room } = site;
      await page.evaluate((next) => {
        const heard = Reflect.get(globalThis, "heard") as string[];
        const push = heard.push.bind(heard);
        heard.push = (...names) => {
          if (names.includes("identity")) Reflect.set(globalThis, "identity", next);
          return push(...names);
        };
      }, fresh);
      await accept(site);
      const opened = room.posted.find(({ path }) => path === "/v1/conversations")?.body;
      expect(opened).toMatchObject({ identity_token: sent });
      const heard = await page.evaluate(() => Reflect.get(globalThis, "heard") as string[]);
      expect(heard.includes("identity")).toBe(asked);
    });
  }
});

test("R-W79 P9: a visitor's tab says how far it has come, and a silent line is found out", async () => {
  await on(browser, { decision: decisionOf() }, async (site) => {
    const { page, room } = site;
    await accept(site);
    expect(room.heard.find(({ type }) => type === "hello")).toMatchObject({ acks: true });
    await page.keyboard.press("Escape");
    for (let at = 0; at < 20; at += 1) room.say(`message ${at}`);
    await until(true, () => room.heard.some((frame) => frame.type === "range" && frame.from === 21));
  });
  await on(browser, { decision: decisionOf() }, async (site) => {
    const { page, room } = site;
    await page.clock.install();
    await page.reload();
    await accept(site);
    room.sayUnheard("que personne n’a entendu");
    room.sayUnheard("et encore");
    expect(await page.locator(".bubble").count()).toBe(0);
    // In steps, so that the line's own pings are answered in between.
    for (let at = 0; at < 9; at += 1) {
      await page.clock.runFor(9_000);
      await page.evaluate(() => null);
    }
    await page.clock.resume();
    await page.getByText("et encore").waitFor();
    const ranges = room.heard.flatMap((frame) => (frame.type === "range" ? [frame.from] : []));
    expect(ranges.slice(0, 3)).toEqual([1, 2, 3]);
    expect(room.heard.filter(({ type }) => type === "hello")).toHaveLength(1);
  });
});

test("R-W94: a site's own colours, corner and layer are taken from its custom properties", async () => {
  await on(browser, { decision: decisionOf() }, async ({ page }) => {
    const card = page.getByRole("region", { name: /Message de/ });
    await card.waitFor();
    const look = await page.evaluate(() => {
      const host = document.querySelector<HTMLElement>("aparte-widget");
      for (const [name, value] of [
        ["--aparte-accent", "rgb(0, 80, 40)"],
        ["--aparte-button", "rgb(0, 80, 40)"],
        ["--aparte-on-button", "rgb(255, 255, 255)"],
        ["--aparte-radius", "0px"],
        ["--aparte-layer", "7"],
      ] as const) {
        document.documentElement.style.setProperty(name, value);
      }
      const root = host?.shadowRoot;
      const of = (selector: string) => getComputedStyle(root?.querySelector(selector) ?? document.body);
      return {
        button: of(".main").backgroundColor,
        ink: of(".main").color,
        corner: of(".card").borderRadius,
        layer: of(".card").zIndex,
      };
    });
    expect(look).toEqual({
      button: "rgb(0, 80, 40)",
      ink: "rgb(255, 255, 255)",
      corner: "0px",
      layer: "7",
    });
  });
});
