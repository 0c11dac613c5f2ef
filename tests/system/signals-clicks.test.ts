/** What people do with mouse, finger and scrolling, in a real browser: each signal where it must come and where not. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "./browser.ts";
import { SignalsPage } from "./signals-page.ts";

const PATIENCE_MS = 2_600;
const LONG = `<div style="height: 6000px">Long</div>`;

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

/** The signals of a new page with `body` after `act`. */
async function signalsOf(
  body: string,
  act: (site: SignalsPage) => Promise<void>,
  options = {},
): Promise<unknown[]> {
  const site = await SignalsPage.open(browser, body, options);
  await act(site);
  const signals = await site.signals();
  await site.page.context().close();
  return signals;
}

const RAGED = ["button", "a", "img", "p"] as const;
const BROKEN = `<main style="padding: 60px"><button>Payer</button><a href="#">Suite</a>
<img alt="Plan" width="80" height="80" src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==">
<p style="cursor: pointer">Une carte qui a l’air d’un bouton</p></main>`;

test.each(RAGED)("SG1: three clicks in a second on a %s that does nothing are rage", async (selector) => {
  expect(await signalsOf(BROKEN, (site) => site.click(selector, 3))).toEqual(["rage_click"]);
});

test("SG1: what changes only within what is clicked, as a ripple does, is no answer to rage", async () => {
  const ripple = `<button onclick="this.append(document.createElement('i'))">Payer</button>`;
  expect(await signalsOf(ripple, (site) => site.click("button", 3))).toEqual(["rage_click"]);
});

test.each([
  ["slow clicks", BROKEN, (site: SignalsPage) => site.click("button", 4, 600)],
  [
    "clicks apart",
    `<div id="map" style="width: 600px; height: 300px"></div>`,
    async ({ page }: SignalsPage) => {
      for (const x of [50, 150, 250, 350]) await page.mouse.click(x, 100);
    },
  ],
  [
    "a stepper",
    `<b>1</b><button onclick="document.querySelector('b').textContent++">+</button>`,
    (site: SignalsPage) => site.click("button", 6, 150),
  ],
  [
    "a carousel",
    `<div id="track">1</div><button onclick="track.style.marginLeft = (parseInt(track.style.marginLeft) || 0) - 9 + 'px'">Suivant</button>`,
    (site: SignalsPage) => site.click("button", 6, 150),
  ],
  [
    "a paragraph selected by three clicks",
    `<p>Livraison gratuite dès 60 euros</p>`,
    ({ page }: SignalsPage) => page.click("p", { clickCount: 3 }),
  ],
  ["a field", `<input name="a" value="Camille">`, (site: SignalsPage) => site.click("input", 5, 100)],
  ["a video", `<video width="200" height="100"></video>`, (site: SignalsPage) => site.click("video", 4, 100)],
  [
    "a held key",
    BROKEN,
    async ({ page }: SignalsPage) => {
      await page.focus("button");
      for (let pressed = 0; pressed < 5; pressed += 1) await page.keyboard.press("Enter");
    },
  ],
])("SG1: %s are no rage", async (_name, body, act) => {
  expect(await signalsOf(body, act)).not.toContain("rage_click");
});

test.each([
  ["a button", `<button>Payer</button>`, "button"],
  ["what shows the hand", `<div style="cursor: pointer">Ma carte</div>`, "div"],
  ["a link to nowhere", `<a href="#">Suite</a>`, "a"],
  ["a link whose router does nothing", `<a href="/panier" onclick="event.preventDefault()">Panier</a>`, "a"],
  ["what is within a button", `<button><span>Payer</span></button>`, "span"],
])("SG2: a click on %s without an answer is dead", async (_name, body, selector) => {
  const act = async (site: SignalsPage) => {
    await site.click(selector, 1, 0);
    await site.wait(PATIENCE_MS - 400);
    expect(await site.signals()).toEqual([]);
    await site.wait(400);
  };
  expect(await signalsOf(body, act)).toEqual(["dead_click"]);
});

test.each([
  [
    "a change two seconds later",
    `<button onclick="setTimeout(() => document.body.append('Voilà'), 2000)">Payer</button>`,
  ],
  ["its own new words", `<button onclick="this.textContent = 'Copié'">Copier</button>`],
  ["a class", `<button onclick="document.body.className = 'menu'">Menu</button>`],
  ["what opened before the click", `<button onpointerdown="document.body.className = 'menu'">Menu</button>`],
  ["scrolling", `<button onclick="window.scrollTo(0, 500)">Voir</button>${LONG}`],
  ["the focus elsewhere", `<button onclick="document.querySelector('input').focus()">Nom</button><input>`],
  ["a form that is sent", `<form onsubmit="event.preventDefault()"><button>Envoyer</button></form>`],
  ["a field that is wrong", `<form><input name="mail" required><button>Envoyer</button></form>`],
  ["something that opens", `<button popovertarget="menu">Menu</button><p id="menu" popover>Menu</p>`],
  ["details", `<details><summary role="button">Plus</summary>Texte</details>`, "summary"],
  ["a box that is ticked", `<label style="cursor: pointer"><input type="checkbox"> Oui</label>`, "label"],
])("SG2: a click that is answered by %s is not dead", async (_name, body, selector = "button") => {
  const act = async (site: SignalsPage) => {
    await site.click(selector);
    await site.wait(2 * PATIENCE_MS);
  };
  expect(await signalsOf(body, act)).toEqual([]);
});

test.each([
  ["text", `<p>Texte</p>`, "p"],
  ["a field", `<input name="a" style="cursor: pointer">`, "input"],
  ["a video", `<video width="200" height="100" style="cursor: pointer"></video>`, "video"],
  ["what is disabled", `<button aria-disabled="true">Payer</button>`, "button"],
  ["a telephone link", `<a href="tel:+33102030405" onclick="event.stopPropagation()">Appeler</a>`, "a"],
  ["a custom element", `<shop-button style="cursor: pointer">Payer</shop-button>`, "shop-button"],
])("SG2: a click on %s is never dead", async (_name, body, selector) => {
  const act = async (site: SignalsPage) => {
    await site.click(selector);
    await site.wait(2 * PATIENCE_MS);
  };
  expect(await signalsOf(body, act)).toEqual([]);
});

test("SG2: pressing by the keyboard, dragging, and selecting words are no dead clicks", async () => {
  const act = async (site: SignalsPage) => {
    await site.page.focus("button");
    await site.page.keyboard.press("Enter");
    await site.wait(2 * PATIENCE_MS);
    await site.page.dblclick("b");
    await site.wait(2 * PATIENCE_MS);
    await site.page.mouse.move(20, 20);
    await site.page.mouse.down();
    await site.page.mouse.move(300, 300);
    await site.page.mouse.up();
    await site.wait(2 * PATIENCE_MS);
  };
  const body = `<button>Payer</button><b style="cursor: pointer">Livraison gratuite</b>${LONG}`;
  expect(await signalsOf(body, act)).toEqual([]);
});

test("SG3: a pointer that leaves fast by the top is about to leave", async () => {
  expect(await signalsOf(LONG, (site) => site.sweep([400, 250, 120, -5], 70))).toEqual(["exit_intent"]);
});

test.each([
  ["slowly", LONG, (site: SignalsPage) => site.sweep([60, 45, 30, 15, -5], 100)],
  [
    "after a rest at the top",
    LONG,
    async (site: SignalsPage) => {
      await site.sweep([400, 200, 10], 70);
      await site.sweep([8, -5], 900);
    },
  ],
  ["by the bottom", LONG, (site: SignalsPage) => site.sweep([300, 450, 600, 720], 70)],
  [
    "by the side",
    LONG,
    async (site: SignalsPage) => {
      await site.sweep([500, 350, 200], 70);
      await site.wait(70);
      await site.page.mouse.move(-5, 60);
    },
  ],
  [
    "with a button held",
    LONG,
    async (site: SignalsPage) => {
      await site.sweep([400], 70);
      await site.page.mouse.down();
      await site.sweep([250, 120, -5], 70);
    },
  ],
  [
    "from a list that is open",
    `<select><option>S</select>${LONG}`,
    async (site: SignalsPage) => {
      await site.page.focus("select");
      await site.sweep([400, 250, 120, -5], 70);
    },
  ],
  [
    "into a frame",
    `<iframe style="width: 100%; height: 200px; border: 0"></iframe>${LONG}`,
    (site: SignalsPage) => site.sweep([500, 350, 220, 100], 70),
  ],
])("SG3: a pointer that leaves %s is not", async (_name, body, act) => {
  expect(await signalsOf(body, act)).toEqual([]);
});

const PHONE = { context: { hasTouch: true, isMobile: true, viewport: { width: 390, height: 760 } } };

test("SG4: a flick up from far down is about to leave", async () => {
  const act = async (site: SignalsPage) => {
    await site.scroll([2_000], 500);
    await site.draw(150, 500, 160);
  };
  expect(await signalsOf(LONG, act, PHONE)).toEqual(["exit_intent"]);
});

test.each([
  ["a slow one", 2_000, 150, 500, 600],
  ["a short one", 2_000, 150, 270, 40],
  ["one near the top", 400, 150, 500, 160],
  ["one down", 2_000, 500, 150, 160],
])("SG4: %s is not", async (_name, y, from, to, ms) => {
  const act = async (site: SignalsPage) => {
    await site.scroll([y], 500);
    await site.draw(from, to, ms);
  };
  expect(await signalsOf(LONG, act, PHONE)).toEqual([]);
});

test("SG4: a page that is hidden for a while is not left", async () => {
  const act = async (site: SignalsPage) => {
    await site.sweep([300, 300], 70);
    const other = await site.page.context().newPage();
    await other.bringToFront();
    await site.page.bringToFront();
  };
  expect(await signalsOf(LONG, act)).toEqual([]);
});

test("SG8: up and down and up again is thrashing", async () => {
  const act = (site: SignalsPage) => site.scroll([1_500, 800, 1_600, 700, 1_500], 600);
  expect(await signalsOf(LONG, act)).toEqual(["scroll_thrash"]);
});

test.each([
  ["three turns", [1_500, 800, 1_600, 700], 600],
  ["small turns", [1_500, 1_400, 1_550, 1_420, 1_560, 1_410], 300],
  ["slow turns", [1_500, 800, 1_600, 700, 1_500, 600], 1_700],
  ["one way", [400, 800, 1_200, 1_600, 2_000, 2_400, 2_800], 200],
])("SG8: %s are not", async (_name, heights, everyMs) => {
  expect(await signalsOf(LONG, (site) => site.scroll(heights, everyMs))).toEqual([]);
});
