/** How an agent is alerted, in a real browser: sound, notifications, and what was missed. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { DESKTOP, enterConsole, expectClean, startChat, useWholeBrowser } from "./console-page.ts";

useWholeBrowser();

async function openAlerts(page: Page) {
  await page.getByRole("button", { name: /^Alertes/ }).click();
  const sheet = page.locator("wa-dialog").filter({ hasText: "Son à chaque demande" });
  await sheet.getByRole("button", { name: "Essayer le son" }).waitFor();
  return sheet;
}

const shownTitles = (page: Page) =>
  page.evaluate(async () => {
    const worker = await navigator.serviceWorker.ready;
    return (await worker.getNotifications()).map(({ title }) => title);
  });

test("R-L20: nobody is asked before they click; sound and notification are tried; what is taken goes", async () => {
  const page = await enterConsole("lea@demo.test", { ...DESKTOP, permissions: ["notifications"] });
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
  const sheet = await openAlerts(page);
  await sheet.getByRole("button", { name: "Essayer le son" }).click();
  await sheet.getByText(/Le son vient d’être joué|Le navigateur bloque le son/).waitFor();
  await sheet.getByRole("switch", { name: "Notification à chaque demande" }).click();
  // No push service answers a browser without a network: the open tab shows its notifications itself.
  await sheet.getByText(/Activée/).waitFor();
  await sheet.getByRole("button", { name: "Essayer la notification" }).click();
  await sheet.getByText("La notification est partie.").waitFor();
  await expect.poll(() => shownTitles(page)).toEqual(["Les notifications fonctionnent"]);
  await expectClean(page, "alerts-sheet");
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
  await page.reload();
  const again = await openAlerts(page);
  await again.getByText(/Activée/).waitFor();
  await again.getByRole("switch", { name: "Notification à chaque demande" }).click();
  await again.getByText("Le navigateur vous demandera son accord.").waitFor();
});

test("R-L20 R-L21: what the browser forbids is said; an offer that ran out is said until somebody knows", async () => {
  const page = await enterConsole("hugo@demo.test");
  const sheet = await openAlerts(page);
  await sheet.getByRole("switch", { name: "Notification à chaque demande" }).click();
  await sheet.getByText("Le navigateur bloque les notifications.").waitFor();
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });

  await page.getByRole("button", { name: "Passer en ligne" }).click();
  await page.getByRole("button", { name: "Votre statut : En ligne, j’accepte" }).waitFor();
  await startChat("Il y a quelqu’un ?");
  await page.getByRole("article", { name: /^Demande de/ }).waitFor();
  await page.getByText(/Une demande est restée sans réponse/).waitFor({ timeout: 45_000 });
  await expectClean(page, "alerts-missed");
  await page.getByRole("button", { name: "Compris" }).click();
  await page.getByText(/Une demande est restée/).waitFor({ state: "detached" });
});
