/** The console as its tests drive it: built pages in a real browser, on a real server, with visitors at the other end. */
import { SignJWT } from "jose";
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { PROTOCOL_VERSION } from "../../domain/chat/wire.ts";
import { violations } from "./accessibility.ts";
import { launchBrowser } from "./browser.ts";
import { ChatClient } from "./chat-client.ts";
import { DEMO_PASSWORD, post, signIn as signInOverHttp } from "./demo-api.ts";
import { url } from "./own-server.ts";

export const DESKTOP: BrowserContextOptions = { viewport: { width: 1_389, height: 868 }, locale: "fr-FR" };
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  locale: "fr-FR",
  hasTouch: true,
};
const SHOTS = process.env["SCREENSHOTS_DIR"];

type Opened = { conversation: { id: string }; token: string; socket_url: string };
/** A visitor who also keeps every frame of a second socket as it came, whatever it is. */
export class Visitor extends ChatClient {
  readonly wire: string[] = [];
  readonly conversation: string;
  #tap: WebSocket | null = null;

  constructor(conversation: string) {
    super("visitor");
    this.conversation = conversation;
  }

  tap(address: string, token: string): void {
    const socket = new WebSocket(address);
    this.#tap = socket;
    socket.addEventListener("open", () => {
      socket.send(JSON.stringify({ type: "hello", v: PROTOCOL_VERSION, token, epoch: null, after: 0 }));
    });
    socket.addEventListener("message", ({ data }) => this.wire.push(String(data)));
  }

  override close(): void {
    this.#tap?.close();
    super.close();
  }
}

const contexts: BrowserContext[] = [];
const visitors: Visitor[] = [];
let browser: Browser;
let whole = false;
let count = 0;

/** For a file to say at its top where the shell without windows is not enough: it has no notifications. */
export function useWholeBrowser(): void {
  whole = true;
}

beforeAll(async () => {
  browser = await launchBrowser({ whole });
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
  for (const visitor of visitors.splice(0)) visitor.close();
});
afterAll(() => browser.close());

/** A person's browser, closed with the test. */
export async function newContext(options: BrowserContextOptions = DESKTOP): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  contexts.push(context);
  context.setDefaultTimeout(20_000);
  return context;
}

/** An empty page in a browser of its own, which remembers what the policy had to forbid. */
export async function newPage(options: BrowserContextOptions = DESKTOP): Promise<Page> {
  const context = await newContext(options);
  await context.addInitScript(() => {
    const broken: string[] = [];
    Reflect.set(globalThis, "broken", broken);
    document.addEventListener("securitypolicyviolation", (event) => broken.push(event.violatedDirective));
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(`${page.url()}:`, error));
  return page;
}

/** Such a page at the console's door. */
export async function openConsole(options?: BrowserContextOptions): Promise<Page> {
  const page = await newPage(options);
  await page.goto(`${url}/console/`);
  return page;
}

export async function signIn(page: Page, email: string, password = DEMO_PASSWORD): Promise<void> {
  await page.getByLabel("Adresse e-mail").fill(email);
  await page.getByLabel("Mot de passe").fill(password);
  await page.getByRole("button", { name: "Se connecter" }).click();
}

export async function setStatus(page: Page, state: string): Promise<void> {
  await page.getByRole("button", { name: /^Votre statut/ }).click();
  await page.getByRole("menuitemradio", { name: state }).click();
  await page.getByRole("button", { name: `Votre statut : ${state}` }).waitFor();
}

/** Somebody of the team at the console, signed in and known to the desk. */
export async function enterConsole(email: string, options?: BrowserContextOptions): Promise<Page> {
  const page = await openConsole(options);
  await signIn(page, email);
  await page.getByRole("button", { name: /^Votre statut/ }).waitFor();
  return page;
}

/** An agent at work, accepting. */
export async function agentOnline(email: string, options?: BrowserContextOptions): Promise<Page> {
  const page = await enterConsole(email, options);
  await setStatus(page, "En ligne, j’accepte");
  return page;
}

export function newVisitor(): string {
  count += 1;
  return `console-${process.pid}-${Date.now()}-${count}`;
}

/** What the demo shop's own server would sign for its customer `user`. */
export async function proofOf(user: string): Promise<string> {
  const headers = { cookie: await signInOverHttp(url, "admin@demo.test") };
  const answer = await fetch(`${url}/api/sites/demo/identity-secret`, { headers });
  const { secret } = (await answer.json()) as { secret: string };
  return new SignJWT()
    .setProtectedHeader({ alg: "HS256" })
    .setAudience("demo")
    .setSubject(user)
    .setExpirationTime("10m")
    .sign(new TextEncoder().encode(secret));
}

/** A visitor on the cart page who has said `words`; `proof` is a signed identity, where there is one. */
export async function visitorSays(
  words: string,
  anonymousId = newVisitor(),
  proof?: string,
): Promise<Visitor> {
  const page = { path: "/shop/cart", url: `${url}/shop/cart`, title: "Panier" };
  const context = { consent: { status: "granted" }, page, identity_token: proof };
  await post(`${url}/v1/page`, {
    writeKey: "demo",
    anonymousId,
    messageId: crypto.randomUUID(),
    properties: page,
    context,
  });
  return startChat(words, anonymousId, proof);
}

/** A visitor who has said `words`; of pages they looked at, nothing is told here. */
export async function startChat(words: string, anonymousId = newVisitor(), proof?: string): Promise<Visitor> {
  const opened = await post<Opened>(`${url}/v1/conversations`, {
    writeKey: "demo",
    anonymousId,
    identity_token: proof,
  });
  const visitor = new Visitor(opened.conversation.id);
  visitors.push(visitor);
  await visitor.connect(opened.socket_url, opened.token);
  visitor.tap(opened.socket_url, opened.token);
  visitor.send(words);
  await visitor.settle();
  return visitor;
}

/** Take what is offered with `words` in it, and come to its conversation. */
export async function takeOffer(page: Page, words: string): Promise<void> {
  const offer = page.getByRole("article", { name: /^Demande de/ }).filter({ hasText: words });
  await offer.getByRole("button", { name: "Répondre" }).click();
  await page.getByRole("log").getByText(words).waitFor();
}

/** The sheet that is open: its content stands in the component's light tree, its role in the shadow. */
export const sheetOf = (page: Page): Locator => page.locator("wa-dialog[open]");

export async function conclude(page: Page, outcome: string): Promise<void> {
  await page.getByRole("button", { name: "Conclure", exact: true }).click();
  const sheet = sheetOf(page);
  await sheet.getByLabel(outcome, { exact: true }).check();
  await sheet.getByRole("button", { name: "Conclure" }).click();
  await sheet.waitFor({ state: "detached" });
}

/** Colours on their way from one state to the next are neither's: look when they have arrived, or are gone. */
export async function atRest(page: Page): Promise<void> {
  await page.evaluate(() =>
    Promise.allSettled(document.getAnimations().map((animation) => animation.finished)),
  );
}

/** A picture of the page for who looks, where `SCREENSHOTS_DIR` names a folder. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/console-${name}.png` });
}

/** No rule of accessibility is broken on the page at rest, nor was its policy. */
export async function expectClean(page: Page, name: string): Promise<void> {
  await atRest(page);
  await shoot(page, name);
  expect(await violations(page), name).toEqual([]);
  expect(await page.evaluate(() => Reflect.get(globalThis, "broken") as string[]), name).toEqual([]);
}

export const reply = (page: Page): Locator => page.getByRole("textbox", { name: /^Répondre à/ });
export const bodies = (visitor: ChatClient): string[] =>
  [...visitor.log.values()].flatMap((entry) => (entry.type === "message" ? [entry.body] : []));
export const names = (visitor: ChatClient): string[] =>
  [...visitor.log.values()].flatMap((entry) => (entry.type === "event" ? [entry.name] : []));
