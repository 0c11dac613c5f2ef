/**
 * The desk's list when it is long: a desk with 200 conversations that changes twenty times a second, told by the test
 * in the place of the server, while the list is scrolled.
 */
import type { Page, WebSocketRoute } from "playwright-core";
import { expect, test } from "vitest";
import type { DeskConversation, DeskServerFrame } from "../../domain/desk/wire.ts";
import { expectClean, openConsole, setStatus, signIn } from "./console-page.ts";

const WAITING = 140;
const OTHERS = 60;
const FRAMES = 180;
const UPDATES = 40;

/** Rows of a pane of 868 pixels: those in sight, and a few before and after, of two lists. */
const MOST_ROWS = 60;

const ME = { id: "usr_demo_admin", name: "Admin Démo", state: "online", capacity: 3, load: 2.3 } as const;
const HUGO = { id: "usr_demo_hugo", name: "Hugo Petit", state: "online", capacity: 3, load: 3 } as const;
const NAMES = ["Camille Roussel", null, "Marc Delaunay", null, "Inès Benali"];
const WORDS = [
  "Paiement refusé deux fois",
  "Mon colis est bloqué à la douane",
  "Je fais du M d’habitude",
  null,
];
const TURNS = ["agent", "visitor", "hold"] as const;

function conversation(at: number, now: number, waits: boolean): DeskConversation {
  return {
    conversation: `cnv_${waits ? "wait" : "held"}_${at}`,
    visitor: `vis_${at}`,
    name: NAMES[at % NAMES.length] ?? null,
    verified: at % 3 === 0,
    preview: WORDS[at % WORDS.length] ?? null,
    page: "/shop/cart",
    place: at % 2 === 0 ? "Nantes, FR" : "Lille, FR",
    skill: at % 2 === 0 ? "Paiement" : "Tailles",
    decision_id: null,
    locale: "fr",
    waiting_since: new Date(now - (WAITING - at) * 700).toISOString(),
    status: waits ? "queued" : "assigned",
    agent: waits ? null : { id: HUGO.id, name: HUGO.name },
    ...(waits ? {} : { turn: TURNS[at % 3] ?? "agent", weight: [1, 0.3, 0][at % 3] ?? 1 }),
  };
}

const manyOf = (count: number, first: number, now: number, waits: boolean): DeskConversation[] =>
  Array.from({ length: count }, (_, at) => conversation(first + at, now, waits));

type FakeDesk = {
  /** What the console has said. */
  heard: string[];
  say: (frame: DeskServerFrame) => void;
  /** Close every line with `code`, and each that is opened from now on. */
  cut: (code: number) => Promise<void>;
};

/** A desk of the test's own, which says `snapshot` and then whatever it is told to. */
async function fakeDesk(page: Page, mine: DeskConversation[] = []): Promise<FakeDesk> {
  const sockets = new Set<WebSocketRoute>();
  const heard: string[] = [];
  let closing: number | null = null;
  await page.routeWebSocket(/\/desk\/socket$/, (socket) => {
    if (closing !== null) return void socket.close({ code: closing });
    sockets.add(socket);
    const now = Date.now();
    const snapshot: DeskServerFrame = {
      type: "snapshot",
      me: ME,
      agents: [ME, HUGO],
      queue: manyOf(WAITING, 0, now, true),
      mine,
      others: manyOf(OTHERS, 0, now, false),
      role: "admin",
      waiting: 1_204,
      wait_target_seconds: 60,
      at: new Date(now).toISOString(),
    };
    socket.send(JSON.stringify(snapshot));
    socket.onMessage((text) => {
      heard.push(text.toString());
      if (text === "ping") socket.send("pong");
    });
  });
  return {
    heard,
    say: (frame) => sockets.forEach((socket) => socket.send(JSON.stringify(frame))),
    async cut(code) {
      closing = code;
      const open = [...sockets];
      sockets.clear();
      for (const socket of open) await socket.close({ code });
    },
  };
}

const queue = (page: Page) => page.locator(".queue-part .pane-scroll");
const others = (page: Page) => page.locator(".mine-part .pane-scroll");
const rows = (page: Page) => page.locator(".list-pane .rows > .row");

test("R-D17: of a long list only the rows in sight are in the page, and the first and the last can be reached", async () => {
  const page = await openConsole();
  await fakeDesk(page);
  await signIn(page, "admin@demo.test");
  await page.getByRole("heading", { name: /File d’attente 1\s204/ }).waitFor();
  await page.getByRole("button", { name: `Toutes ${OTHERS}` }).click();
  await expectClean(page, "list-long");
  expect(await rows(page).count()).toBeLessThan(MOST_ROWS);
  await page.locator('.row[aria-posinset="1"]').first().waitFor();
  for (const list of [queue(page), others(page)]) {
    await list.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
  }
  const last = page.locator(`.row[aria-setsize="${OTHERS}"][aria-posinset="${OTHERS}"]`);
  await last.waitFor();
  await page.getByText("et 1 064 autres attendent".replace("1 064", "1\u202f064")).waitFor();
  await expectClean(page, "list-long-end");
  expect(await rows(page).count()).toBeLessThan(MOST_ROWS);
  await page.emulateMedia({ colorScheme: "dark" });
  await expectClean(page, "list-long-dark");
  await page.emulateMedia({ colorScheme: "light", forcedColors: "active" });
  await expectClean(page, "list-long-forced");
  await page.emulateMedia({ forcedColors: "none" });
  await page.setViewportSize({ width: 390, height: 844 });
  await expectClean(page, "list-long-phone");
});

test("R-D18: sixty scrolled frames and twenty changes of the desk are less than a second's work", async () => {
  const page = await openConsole();
  const desk = await fakeDesk(page);
  await signIn(page, "admin@demo.test");
  await rows(page).first().waitFor();
  // Time on the processor and not on the clock: what else this machine does is not the list's.
  const inspector = await page.context().newCDPSession(page);
  await inspector.send("Performance.enable", { timeDomain: "threadTicks" });
  const busy = async (): Promise<number> => {
    const { metrics } = await inspector.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
  };

  const idle = await busy();
  const most = await queue(page).evaluate(async (element, frames) => {
    let rowsSeen = 0;
    for (let frame = 0; frame < frames; frame += 1) {
      await new Promise(requestAnimationFrame);
      const whole = element.scrollHeight - element.clientHeight;
      element.scrollTop = whole * Math.abs(Math.sin((frame / frames) * Math.PI * 4));
      rowsSeen = Math.max(rowsSeen, element.querySelectorAll(".row").length);
    }
    return rowsSeen;
  }, FRAMES);
  const scrolled = await busy();
  for (let update = 1; update <= UPDATES; update += 1) {
    const now = Date.now();
    desk.say({
      type: "queue",
      items: manyOf(WAITING, update, now, true),
      others: manyOf(OTHERS, update, now, false),
      agents: [ME, HUGO],
      waiting: WAITING + update,
    });
    await page.locator("#queue-title .count", { hasText: String(WAITING + update) }).waitFor();
  }
  const changed = await busy();
  const frame = (scrolled - idle) / FRAMES;
  const update = (changed - scrolled) / UPDATES;
  const second = 60 * frame + 20 * update;
  const told = [frame, update].map((seconds) => `${(seconds * 1_000).toFixed(1)} ms`);
  console.log(
    `a frame ${told[0]}, a change ${told[1]}: ${(second * 100).toFixed(0)} % of a second; ${most} rows`,
  );
  expect(most).toBeLessThan(MOST_ROWS);
  expect(second).toBeLessThan(1);
});

const gravest = (page: Page) => page.locator(".list-pane [role=status] .banner");
const behind = (page: Page) => page.locator(".list-pane .banners-behind .banner");
const more = (page: Page, count: number) =>
  page
    .locator(".list-pane")
    .getByRole("button", { name: `+${count} ${count === 1 ? "autre avis" : "autres avis"}` });

/** One banner is in sight with `words`, and the lists begin below it. */
async function expectGravest(page: Page, words: string | RegExp): Promise<void> {
  await gravest(page).getByText(words).waitFor();
  expect(await gravest(page).count()).toBe(1);
  const banner = await gravest(page).boundingBox();
  const list = await page.locator(".queue-part").boundingBox();
  expect(list?.y).toBeCloseTo((banner?.y ?? 0) + (banner?.height ?? 0), 0);
}

/** All that a desk can have to say at once, each as it comes about. */
async function sayEverything(page: Page, desk: FakeDesk, held: DeskConversation): Promise<void> {
  const picture = (state: "online" | "away"): DeskServerFrame => ({
    type: "queue",
    items: [],
    agents: [{ ...ME, state }, HUGO],
    waiting: 0,
  });
  await setStatus(page, "En ligne, j’accepte");
  await expect.poll(() => desk.heard.some((text) => text.includes('"status"'))).toBe(true);
  desk.say(picture("online"));
  desk.say({ type: "revoked", conversation: held.conversation, reason: "transferred" });
  await expectGravest(page, "a été transférée");
  desk.say({ type: "error", code: "conflict", message: "no" });
  await expectGravest(page, "Un collègue l’a déjà prise");
  await more(page, 1).waitFor();

  const now = Date.now();
  const offer = conversation(1, now, true);
  const told = { conversation: offer.conversation, item: offer };
  desk.say({ type: "offered", ...told, expires_at: new Date(now + 1_000).toISOString() });
  desk.say({ type: "revoked", conversation: offer.conversation, reason: "timeout" });
  await expectGravest(page, "Une demande est restée sans réponse");
  desk.say(picture("away"));
  await expectGravest(page, "vous êtes passé en");
  await desk.cut(1_012);
  await expectGravest(page, "Hors connexion depuis");
  await more(page, 4).waitFor();
}

test("R-D33: of what the desk has to say the gravest stands above the lists, and the keyboard opens the rest over them", async () => {
  const page = await openConsole();
  const held = { ...conversation(2, Date.now(), false), agent: { id: ME.id, name: ME.name } };
  const desk = await fakeDesk(page, [held]);
  await signIn(page, "admin@demo.test");
  await sayEverything(page, desk, held);
  // Said at once, though not all of it is shown.
  expect(await page.locator(".folded [role=status]").textContent()).toContain("a été transférée");
  await expectClean(page, "banners");

  await more(page, 4).press("Enter");
  await expect.poll(() => behind(page).count()).toBe(4);
  const order = ["vous êtes passé en", "restée sans réponse", "déjà prise", "transférée"];
  for (const [at, words] of order.entries())
    expect(await behind(page).nth(at).textContent()).toContain(words);
  await expectGravest(page, "Hors connexion depuis");
  await expectClean(page, "banners-open");
  await page.emulateMedia({ colorScheme: "dark" });
  await expectClean(page, "banners-open-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 390, height: 844 });
  await expectClean(page, "banners-open-phone");
  await page.setViewportSize({ width: 1_389, height: 868 });
  await page.keyboard.press("Escape");
  await expect.poll(() => behind(page).count()).toBe(0);
  expect(await more(page, 4).evaluate((button) => button === document.activeElement)).toBe(true);

  // What was read goes where it stands; the rest stays open until there is none.
  await page.keyboard.press("Space");
  await behind(page).filter({ hasText: "transférée" }).getByRole("button").press("Enter");
  await more(page, 3).waitFor();
  expect(await behind(page).count()).toBe(3);
  await page.locator(".list-foot").click();
  await expect.poll(() => behind(page).count()).toBe(0);

  await desk.cut(4_290);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expectGravest(page, "La connexion au guichet s’est arrêtée (code 4290)");
  await more(page, 3).waitFor();
  await page.getByRole("button", { name: /^Compte de/ }).click();
  await page.getByRole("menuitem", { name: "English" }).click();
  await expectGravest(page, "The connection to the desk has stopped (code 4290)");
  await page.getByRole("button", { name: "+3 more notices" }).waitFor();
});
