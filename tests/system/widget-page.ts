/** The widget on a scripted page as its tests use it: visited, acted on, and held to what is true of every face. */
import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";
import { violations } from "./accessibility.ts";
import type { Options, ScriptedRoom, Site } from "./scripted-site.ts";
import { visit } from "./scripted-site.ts";

export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Visit, act, and hold the page to what is true of every face: no violation of policy or of accessibility. */
export async function on(
  browser: Browser,
  options: Options,
  act: (site: Site) => Promise<void>,
  room?: ScriptedRoom,
): Promise<void> {
  const site = await visit(browser, options, room);
  try {
    await act(site);
    await expectAccessible(site.page);
    const broken = await site.page.evaluate(() => Reflect.get(globalThis, "violations") as string[]);
    expect(broken).toEqual([]);
  } finally {
    await site.context.close();
  }
}

export async function expectAccessible(page: Page): Promise<void> {
  expect(await violations(page, "aparte-widget")).toEqual([]);
}

/** A picture of the page for who looks, where `SHOTS` names a folder. */
export async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env["SHOTS"];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
}

export const field = (page: Page) => page.getByRole("textbox", { name: "Votre message" });
export const said = (page: Page) => page.locator(".bubble:not(.typing)").allTextContents();

/** Accept the invitation; the conversation is open when its socket is. */
export async function accept({ page, room }: Site): Promise<void> {
  await page.getByRole("button", { name: "Discuter" }).click();
  await field(page).waitFor();
  await until(true, () => room.sockets.size > 0);
}

export async function write(page: Page, text: string): Promise<void> {
  await field(page).fill(text);
  await page.keyboard.press("Enter");
}

export async function until(expected: unknown, read: () => unknown): Promise<void> {
  await expect.poll(read, { timeout: 20_000 }).toEqual(expected);
}
