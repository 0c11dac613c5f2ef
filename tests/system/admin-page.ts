/**
 * The admin as somebody sees it who has signed in: a browser context of its own, and what the browser complains of
 * collected, for a test to find none.
 */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { signIn } from "./demo-api.ts";

export { violations } from "./accessibility.ts";

const LIVE = "Saved, live everywhere within 10 s";

export type Look = { locale?: "en-GB" | "fr-FR"; dark?: boolean; phone?: boolean; timezoneId?: string };
export type AdminPage = { context: BrowserContext; page: Page; complaints: string[] };

/** A new page that no address was asked for yet, signed in at `url` as `email`. */
export async function enterAdmin(
  browser: Browser,
  url: string,
  { locale = "en-GB", dark = false, phone = false, timezoneId }: Look = {},
  email = "admin@demo.test",
): Promise<AdminPage> {
  const context = await browser.newContext({
    locale,
    ...(timezoneId === undefined ? {} : { timezoneId }),
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    viewport: phone ? { width: 390, height: 844 } : { width: 1_440, height: 900 },
  });
  const cookies = (await signIn(url, email)).split("; ").map((pair) => {
    const [name = "", ...rest] = pair.split("=");
    return { name, value: rest.join("="), url };
  });
  await context.addCookies(cookies);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" && /policy|trusted|violat/i.test(message.text()))
      complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  return { context, page, complaints };
}

/** The editor's ways to keep a campaign, each until the screen says that it did; in English. */
export async function saveDraft(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Save draft" }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
}

export async function publish(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await page.getByText(LIVE).waitFor();
}

/** Publishes what starts the phase `next`, and agrees to it. */
export async function publishPhase(page: Page, next: number): Promise<void> {
  await page.getByRole("button", { name: "Publish changes" }).click();
  await page.getByRole("button", { name: `Start phase ${next}` }).click();
  await page.getByText(LIVE).waitFor();
}

export async function pause(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
}
