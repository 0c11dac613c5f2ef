/** What messages carry, in a real browser against a scripted Aparté: an agent's Markdown, cards, files. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "./browser.ts";
import { decisionOf, ScriptedRoom, visit } from "./scripted-site.ts";
import { accept, expectAccessible, field, on, PHONE, said, shoot, until, write } from "./widget-page.ts";

const RICH =
  "<p>Elle taille droit. Nos repères&nbsp;:</p><ul><li><strong>M</strong> jusqu’à 102 cm</li><li><strong>L</strong> au-delà</li></ul>" +
  '<p>Tout est dans le <a href="https://shop.example/guide">guide des tailles</a>.</p>';
const HOSTILE =
  '<p onclick="alert(1)">un<script>alert(2)</script><img src=x onerror=alert(3)><iframe src="https://x.example"></iframe>' +
  '<a href="javascript:alert(4)">deux</a><style>*{display:none}</style><form><input name="x"></form></p>';
const CARD = JSON.stringify({
  title: "Oxford « Rivoli »",
  price: { amount: 89, currency: "EUR" },
  url: "http://localhost:18500/shop/rivoli",
  text: "Ciel · M en stock",
});
const FOREIGN = JSON.stringify({ title: "Guide", url: "https://a.example/guide" });
/** No sanitiser of the browser's own; a policy that names ours, or that names none. */
const OLDER = "delete Element.prototype.setHTML";
const POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self' ws://localhost:18500; img-src 'self' data:; " +
  "require-trusted-types-for 'script'; base-uri 'none'; trusted-types";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

const WAYS = [
  ["by the browser", {}],
  ["by DOMPurify", { before: OLDER, policy: `${POLICY} aparte` }],
] as const;

for (const [name, options] of WAYS) {
  test(`R-W75: an agent's Markdown shows as what it says: ${name}`, async () => {
    await on(browser, { decision: decisionOf(), ...options }, async (site) => {
      const { page, room } = site;
      await accept(site);
      room.say("Elle taille droit. Nos repères :\n- **M** jusqu’à 102 cm\n- **L** au-delà", { html: RICH });
      await page.locator(".rich li").first().waitFor();
      expect(await page.locator(".rich li").allTextContents()).toEqual(["M jusqu’à 102 cm", "L au-delà"]);
      expect(await page.locator(".rich strong").count()).toBe(2);
      const link = page.getByRole("link", { name: "guide des tailles" });
      expect(await link.getAttribute("href")).toBe("https://shop.example/guide");
      expect(await link.getAttribute("target")).toBe("_blank");
      expect(await link.getAttribute("rel")).toContain("noopener");

      await shoot(page, `rich-${name.replaceAll(" ", "-")}`);
    });
  });
}

for (const [name, options] of WAYS) {
  test(`R-W75: of HTML that is not on the list its text alone comes in, and nothing of it runs: ${name}`, async () => {
    const site = await visit(browser, { decision: decisionOf(), ...options });
    const { page, room, context } = site;
    try {
      const alerts: string[] = [];
      page.on("dialog", (dialog) => {
        alerts.push(dialog.message());
        dialog.dismiss().catch((failure: unknown) => console.error(failure));
      });
      await accept(site);
      room.say("un deux", { html: HOSTILE });
      await until("undeux", () => page.locator(".rich").textContent());
      const inside = await page.locator(".rich").evaluate((one) => one.innerHTML);
      expect(inside.replaceAll(/<\/?p>/g, "")).toBe("undeux");
      expect(alerts).toEqual([]);
    } finally {
      await context.close();
    }
  });
}

test("R-W75: where no way is open, the plain text stands, with its addresses as links", async () => {
  await on(browser, { decision: decisionOf() }, async (site) => {
    const { page, room } = site;
    await page.evaluate(() => {
      Reflect.set(Element.prototype, "setHTML", () => {
        throw new TypeError("no");
      });
    });
    await accept(site);
    room.say("**M** : https://shop.example/guide.", { html: RICH });
    await page.getByRole("link", { name: "https://shop.example/guide" }).waitFor();
    expect(await said(page)).toEqual(["Léa : **M** : https://shop.example/guide."]);
  });
});

test("R-W76: a card shows title, price and link; within the site it stays in the tab; another shape is text", async () => {
  await on(browser, { decision: decisionOf() }, async (site) => {
    const { page, room } = site;
    await accept(site);
    room.say(CARD, { kind: "card" });
    room.say(FOREIGN, { kind: "card" });
    room.say(JSON.stringify({ title: "x", url: "javascript:alert(1)" }), { kind: "card" });
    const own = page.getByRole("link", { name: /Oxford/ });
    await own.waitFor();
    expect(await own.textContent()).toMatch(/Ciel · M en stock · 89\s€/);
    expect(await own.getAttribute("target")).toBeNull();
    expect(await page.getByRole("link", { name: /Guide/ }).getAttribute("target")).toBe("_blank");
    expect(await page.locator("a.product").count()).toBe(2);
    await shoot(page, "card");
    await own.click();
    await page.waitForURL("**/shop/rivoli");
    await page.getByRole("link", { name: /Oxford/ }).waitFor();
  });
});

test("R-W77: chosen, pasted and dropped files go with their progress, each as one message", async () => {
  const room = new ScriptedRoom();
  await on(
    browser,
    { decision: decisionOf() },
    async (site) => {
      const { page } = site;
      await accept(site);
      let open = (): void => {};
      room.uploadGate = new Promise((resolve) => (open = resolve));
      const chooser = page.waitForEvent("filechooser");
      await page.getByRole("button", { name: "Joindre un fichier" }).click();
      await (
        await chooser
      ).setFiles({ name: "mesures é.txt", mimeType: "text/plain", buffer: Buffer.from("99 cm") });
      await page.getByRole("progressbar", { name: "Envoi de mesures é.txt" }).waitFor();
      await expectAccessible(page);
      await shoot(page, "file-sending");
      await write(page, "et un mot");
      await page.getByText("Envoyé").waitFor();
      open();
      await page.getByRole("button", { name: "Télécharger mesures é.txt" }).waitFor();
      await page.evaluate(() => {
        const files = new DataTransfer();
        files.items.add(new File(["a,b"], "collé.csv", { type: "text/csv" }));
        const root = document.querySelector("aparte-widget")?.shadowRoot;
        root
          ?.querySelector("textarea")
          ?.dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: files, bubbles: true, cancelable: true }),
          );
        const dropped = new DataTransfer();
        dropped.items.add(new File(["%PDF-1.4"], "lâché.pdf", { type: "application/pdf" }));
        root
          ?.querySelector(".panel")
          ?.dispatchEvent(new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true }));
      });
      await page.getByRole("button", { name: "Télécharger lâché.pdf" }).waitFor();
      // What is shown at once is not yet in the room.
      await until(["text", "file", "file", "file"], () => room.log.map((one) => one["kind"]));
      expect(room.posted.filter(({ path }) => path.endsWith("/files")).map(({ body }) => body)).toMatchObject(
        [
          { name: "mesures é.txt", bytes: 5 },
          { name: "collé.csv", bytes: 3 },
          { name: "lâché.pdf", bytes: 8 },
        ],
      );
      expect(JSON.parse(String(room.log[1]?.["body"]))).toMatchObject({ name: "mesures é.txt" });
      await shoot(page, "file-sent");
    },
    room,
  );
});

test("R-W77: a refusal is said at its file, which can be taken away; a file of 11 MB is not even sent", async () => {
  const room = new ScriptedRoom();
  room.refuseFile = 415;
  await on(
    browser,
    { decision: decisionOf(), context: PHONE },
    async (site) => {
      const { page } = site;
      await accept(site);
      const chooser = page.waitForEvent("filechooser");
      await page.getByRole("button", { name: "Joindre un fichier" }).click();
      await (
        await chooser
      ).setFiles({ name: "page.html", mimeType: "text/html", buffer: Buffer.from("<b>") });
      await page.getByText("image, PDF, texte ou CSV seulement").waitFor();
      await page.evaluate(() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([new Uint8Array(11 * 1_024 * 1_024)], "gros.pdf"));
        const panel = document.querySelector("aparte-widget")?.shadowRoot?.querySelector(".panel");
        panel?.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
      });
      await page.getByText("10 Mo au plus").waitFor();
      expect(room.posted.filter(({ path }) => path.endsWith("/files"))).toHaveLength(1);
      await shoot(page, "file-refused");
      await page.getByRole("button", { name: "Retirer" }).first().click();
      await page.getByRole("button", { name: "Retirer" }).click();
      await page.getByText("Non envoyé").waitFor({ state: "detached" });
      expect(room.log).toEqual([]);
    },
    room,
  );
});

test("R-W77: a file that was on its way when the page was reloaded goes again, and is one message", async () => {
  const room = new ScriptedRoom();
  await on(
    browser,
    { decision: decisionOf() },
    async (site) => {
      const { page } = site;
      await accept(site);
      room.uploadGate = new Promise(() => {});
      const chooser = page.waitForEvent("filechooser");
      await page.getByRole("button", { name: "Joindre un fichier" }).click();
      await (
        await chooser
      ).setFiles({ name: "mesures.txt", mimeType: "text/plain", buffer: Buffer.from("99 cm") });
      await until(1, () => room.posted.filter(({ path }) => path.endsWith("/files")).length);
      room.uploadGate = null;
      await page.reload();
      await page.getByRole("button", { name: "Télécharger mesures.txt" }).waitFor();
      expect(room.log).toHaveLength(1);
      await page.reload();
      await field(page).waitFor();
      await page.getByRole("button", { name: "Télécharger mesures.txt" }).waitFor();
      expect(room.log).toHaveLength(1);
    },
    room,
  );
});

test("R-W37: what messages carry has its dark, forced, right-to-left and English faces", async () => {
  const faces = [
    { name: "dark", context: { colorScheme: "dark" as const }, dir: "ltr" },
    { name: "forced", context: { forcedColors: "active" as const }, dir: "ltr" },
    { name: "rtl", context: {}, dir: "rtl" },
  ];
  for (const { name, context, dir } of faces) {
    await on(browser, { open: true, locale: "en", context }, async ({ page, room }) => {
      await page.evaluate((way) => document.documentElement.setAttribute("dir", way), dir);
      await page.getByRole("textbox", { name: "Your message" }).fill("Hello");
      await page.keyboard.press("Enter");
      await until(1, () => room.log.length);
      room.say("rich", { html: RICH });
      room.say(CARD, { kind: "card" });
      const file = { id: "fil_1", name: "guide.pdf", type: "application/pdf", bytes: 120_400 };
      room.say(JSON.stringify(file), { kind: "file" });
      await page.getByRole("button", { name: "Download guide.pdf" }).waitFor();
      await page.locator(".rich li").first().waitFor();
      await shoot(page, `carried-${name}`);
      await room.cut();
      await page.getByRole("button", { name: "Try" }).waitFor();
      await expectAccessible(page);
      await shoot(page, `offline-${name}`);
      room.down = false;
    });
  }
});

test("R-W78: a file is fetched by an address that is asked for when it is wanted", async () => {
  await on(browser, { decision: decisionOf() }, async (site) => {
    const { page, room } = site;
    await accept(site);
    const body = { id: "fil_1", name: "guide.pdf", type: "application/pdf", bytes: 120_400 };
    room.say(JSON.stringify(body), { kind: "file" });
    const button = page.getByRole("button", { name: "Télécharger guide.pdf" });
    await button.waitFor();
    await page.getByText("120 ko").waitFor();
    expect(room.posted.some(({ path }) => path.endsWith("/url"))).toBe(false);
    const download = page.waitForEvent("download");
    await button.click();
    expect((await download).suggestedFilename()).toBe("guide.pdf");
    expect(room.posted.at(-1)?.path).toBe("/v1/conversations/cnv_demo_1_1/files/fil_1/url");
  });
});

test("R-W93: a part that does not come says so, what was there stays, and it can be asked for again", async () => {
  await on(browser, { decision: decisionOf() }, async (site) => {
    const { page, room } = site;
    await page.route(/\/w\/content-/, (route) => route.abort());
    await accept(site);
    room.say("**M** jusqu’à 102 cm", { html: RICH });
    await until(["Léa : **M** jusqu’à 102 cm"], () => said(page));
    room.say(CARD, { kind: "card" });
    await page.getByText("n’a pas pu se charger").waitFor();
    await page.unroute(/\/w\/content-/);
    await page.getByRole("button", { name: "Essayer" }).click();
    await page.getByRole("link", { name: /Oxford/ }).waitFor();
  });
});
