/** Forms, fields, errors, telephone numbers, and what the signals never do, in a real browser. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "./browser.ts";
import { type Options, SignalsPage, type Told } from "./signals-page.ts";

const SILENCE_MS = 10_100;

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

/** What is told on a new page with `body` after `act`. */
async function toldOf(
  body: string,
  act: (site: SignalsPage) => Promise<void>,
  options: Options = {},
): Promise<Told[]> {
  const site = await SignalsPage.open(browser, body, options);
  await act(site);
  const told = await site.told();
  await site.page.context().close();
  return told;
}

const named = (told: Told[]): string[] =>
  told.map(({ event, properties }) => `${properties["signal"] ?? event}`);

test("SG5: a script that throws is told, before the signals came and after", async () => {
  const body = `<button onclick="missing()">Payer</button><p id="one">1</p>`;
  const act = async (site: SignalsPage) => {
    await site.click("button");
    await site.wait(6_000);
    await site.click("button");
  };
  const told = await toldOf(body, act, { errors: 2 });
  expect(named(told).filter((name) => name === "script_error")).toHaveLength(3);
  expect(told[0]?.properties).toMatchObject({ signal: "script_error", count: 2 });
});

test("SG5: a lost picture, a foreign script's error and the browser's own notices are none", async () => {
  const act = async ({ page }: SignalsPage) => {
    await page.evaluate(async () => {
      await new Promise((failed) => {
        const picture = new Image();
        picture.addEventListener("error", failed);
        picture.src = "data:image/png;base64,AAAA";
        document.body.append(picture);
      });
      dispatchEvent(new ErrorEvent("error", { message: "Script error." }));
      const notice = "ResizeObserver loop completed with undelivered notifications.";
      dispatchEvent(new ErrorEvent("error", { message: notice }));
    });
  };
  expect(await toldOf("", act)).toEqual([]);
});

const MAIL = `<form id="contact"><input name="email" type="email" required><textarea name="message"></textarea></form>`;

type Case = [name: string, act: (site: SignalsPage) => Promise<void>];
const ENTERED: Case[] = [
  ["by the pointer", (site: SignalsPage) => site.click("input", 1, 0)],
  ["by the keyboard", ({ page }: SignalsPage) => page.keyboard.press("Tab")],
  [
    "and begun wrongly",
    async (site: SignalsPage) => {
      await site.click("input", 1, 0);
      await site.page.keyboard.type("camille@");
    },
  ],
];

test.each(ENTERED)(
  "SG6: a field gone into %s and then left alone for ten seconds is hesitation",
  async (_name, enter) => {
    const act = async (site: SignalsPage) => {
      await enter(site);
      await site.wait(SILENCE_MS - 500);
      expect(named(await site.told())).not.toContain("hesitation");
      await site.wait(500);
    };
    const told = await toldOf(MAIL, act);
    expect(told.at(-1)?.properties).toMatchObject({
      signal: "hesitation",
      form_id: "contact",
      field: "email",
    });
  },
);

test.each([
  [
    "is filled in and right",
    MAIL,
    async (site: SignalsPage) => {
      await site.click("input", 1, 0);
      await site.page.keyboard.type("camille@example.test");
    },
  ],
  [
    "was left",
    MAIL,
    async (site: SignalsPage) => {
      await site.click("input", 1, 2_000);
      await site.page.mouse.click(600, 600);
    },
  ],
  ["got the focus from the page", MAIL, ({ page }: SignalsPage) => page.focus("input")],
  [
    "is written in all the time",
    MAIL,
    async (site: SignalsPage) => {
      await site.click("input", 1, 6_000);
      await site.page.keyboard.type("c");
      await site.wait(6_000);
      await site.page.keyboard.type("a");
      await site.wait(6_000);
      await site.page.keyboard.type("m@example.test");
    },
  ],
  [
    "is a password",
    `<form><input name="a" type="password"></form>`,
    (site: SignalsPage) => site.click("input"),
  ],
  [
    "holds a card",
    `<form><input name="n" autocomplete="cc-number"></form>`,
    (site: SignalsPage) => site.click("input"),
  ],
  ["searches", `<form role="search"><input name="q"></form>`, (site: SignalsPage) => site.click("input")],
])("SG6: a field that %s is none", async (_name, body, act) => {
  const told = await toldOf(body, async (site) => {
    await act(site);
    await site.wait(SILENCE_MS);
  });
  expect(named(told)).not.toContain("hesitation");
});

test("SG7 SG10: a field changed again after it was left is refilled, each time, and counted when the form is left", async () => {
  const act = async (site: SignalsPage) => {
    for (const text of ["a@b.fr", "c@d.fr", "e@f.fr"]) {
      await site.page.fill("input", text);
      await site.page.fill("textarea", `${text} ?`);
      await site.page.locator("textarea").blur();
      await site.wait(6_000);
    }
    await site.page.evaluate(() => dispatchEvent(new Event("pagehide")));
  };
  const told = await toldOf(MAIL, act);
  expect(named(told)).toEqual(["Form Started", "refilled", "refilled", "Form Abandoned"]);
  expect(told[1]?.properties).toMatchObject({ signal: "refilled", form_id: "contact", field: "email" });
  expect(told.at(-1)?.properties).toMatchObject({
    form_id: "contact",
    field: "message",
    seconds: 18,
    refilled: 4,
  });
});

test("SG7: boxes, lists, figures and sliders are tried out, not refilled", async () => {
  const body = `<form id="size"><input type="checkbox" name="gift"><input type="number" name="quantity" value="1">
<input type="range" name="price"><select name="size"><option>S<option>M<option>L</select></form>`;
  const act = async ({ page }: SignalsPage) => {
    for (const size of ["M", "L", "S"]) {
      await page.locator("[name=gift]").click();
      await page.fill("[name=quantity]", `${size.charCodeAt(0)}`);
      await page.locator("[name=price]").press("ArrowRight");
      await page.selectOption("select", size);
    }
  };
  expect(named(await toldOf(body, act))).toEqual(["Form Started"]);
});

test.each(["01 23 45 67 89", "+33 (0)1 23 45 67 89", "Tél. : 0800 123 456", "+44 20 7946 0958"])(
  "SG9: selecting %s is told, and the number is not",
  async (number) => {
    const told = await toldOf(`<p style="width: fit-content">${number}</p>`, ({ page }) =>
      page.click("p", { clickCount: 3 }),
    );
    expect(named(told)).toEqual(["copy_phone"]);
    expect(told[0]?.properties).toEqual({ signal: "copy_phone", scroll: 100 });
  },
);

test.each([
  ["a word", `<p>Livraison</p>`],
  [
    "a sentence with a number in it",
    `<p>Appelez le 01 23 45 67 89 entre 9 h et 18 h, du lundi au samedi</p>`,
  ],
  ["a date and a time", `<p>05/11/2026, 10:30</p>`],
  ["a long number", `<p>30569309025904567</p>`],
  ["a number in a field", `<input value="01 23 45 67 89">`],
])("SG9: selecting %s is not told", async (_name, body) => {
  expect(await toldOf(body, ({ page }) => page.click("p, input", { clickCount: 3 }))).toEqual([]);
});

test("SG10: a form is begun once, and sent once, by its button or by a script", async () => {
  const forms = `<form id="own" onsubmit="event.preventDefault()"><input name="a"><button>Envoyer</button></form>
<form id="script" onsubmit="event.preventDefault(); this.remove()"><input name="b">
<button type="button" onclick="this.form.requestSubmit()">Envoyer</button></form>`;
  const act = async (site: SignalsPage) => {
    await site.page.fill("#own input", "Camille");
    await site.page.fill("#own input", "Camille D.");
    await site.page.click("#own button");
    await site.page.fill("#script input", "Camille");
    await site.page.click("#script button");
    await site.page.evaluate(() => history.pushState({}, "", "/merci"));
    await site.wait(1_500);
  };
  const told = await toldOf(forms, act);
  expect(told.map(({ event, properties }) => [event, properties["form_id"]])).toEqual([
    ["Form Started", "own"],
    ["Form Submitted", "own"],
    ["Form Started", "script"],
    ["Form Submitted", "script"],
  ]);
});

test("SG10: a form that goes with its view is abandoned; one that stays, and one never begun, are not", async () => {
  const act = async (site: SignalsPage) => {
    await site.page.fill("textarea", "Bonjour");
    await site.page.evaluate(() => history.replaceState({}, "", "?step=2"));
    await site.wait(3_000);
    expect(named(await site.told())).toEqual(["Form Started"]);
    await site.page.evaluate(() => {
      history.pushState({}, "", "/panier");
      document.querySelector("form")?.remove();
    });
    await site.wait(1_500);
    await site.page.evaluate(() => dispatchEvent(new Event("pagehide")));
  };
  const told = await toldOf(MAIL, act);
  expect(named(told)).toEqual(["Form Started", "Form Abandoned"]);
  expect(told[1]?.properties).toMatchObject({ field: "message", refilled: 0 });
  expect(
    named(await toldOf(MAIL, (site) => site.page.evaluate(() => void dispatchEvent(new Event("pagehide"))))),
  ).toEqual([]);
});

test.each([
  [`<form id="contact" name="n" action="/a"><input name="email"></form>`, "contact", "email"],
  [`<form name="n" action="/a"><input name="id"><input name="email"></form>`, "n", "id"],
  [`<form action="https://shop.example/send?token=1#x"><input id="mail"></form>`, "/send", "mail"],
  [`<form><input autocomplete="given-name"></form>`, "/contact", "given-name"],
  [
    `<form id="order-123456 camille@example.test"><input name="line[98765][size]"></form>`,
    "order- ",
    "line[][size]",
  ],
])("SG11: %s is called as it should be", async (body, form_id, field) => {
  const told = await toldOf(body, ({ page }) => page.locator("input").first().fill("x"));
  expect(told[0]).toMatchObject({ event: "Form Started", properties: { form_id, field } });
});

const NAMELESS = `<form id="pay"><input type="password" name="a"><input name="cardNumber"><input name="n" autocomplete="cc-csc">
<input id="iban"><input name="otp_code"><input name="x" autocomplete="one-time-code"><input type="search" name="q">
<input name="motdepasse"><input name="disease" data-aparte-private><div data-aparte-private><input name="child"></div><input></form>`;

test("SG11: of private fields and of those without a name nothing is told", async () => {
  const act = async (site: SignalsPage) => {
    for (const field of await site.page.locator("input").all()) {
      await field.click();
      await field.fill("1");
      await site.wait(SILENCE_MS);
      await field.blur();
      await field.fill("2");
      await field.blur();
    }
    await site.page.evaluate(() => dispatchEvent(new Event("pagehide")));
  };
  expect(await toldOf(NAMELESS, act)).toEqual([]);
});

const TALL = `<style>body { margin: 0; height: 7000px }</style>${MAIL}`;

test("SG13: how far the page was read goes with what is told, the most so far", async () => {
  const act = async (site: SignalsPage) => {
    await site.scroll([2_700, 0], 200);
    await site.page.fill("textarea", "Bonjour");
    await site.page.evaluate(() => history.pushState({}, "", "/autre"));
    await site.wait(200);
    await site.page.evaluate(() => dispatchEvent(new Event("pagehide")));
  };
  const told = await toldOf(TALL, act);
  expect(told.map(({ properties }) => properties["scroll"])).toEqual([40, 10]);
});

test("SG13 SG14: where a campaign asks how far, each tenth is told at once, and the end is the end", async () => {
  const act = (site: SignalsPage) => site.scroll([750, 1_500, 800, 6_300], 200);
  const told = await toldOf(TALL, act, { wanted: "scroll_thrash,depth" });
  expect(told.map(({ event, properties, later }) => [event, properties["scroll"], later])).toEqual([
    ["Page Scrolled", 10, false],
    ["Page Scrolled", 20, false],
    ["Page Scrolled", 30, false],
    ["Page Scrolled", 100, false],
  ]);
  expect(await toldOf(TALL, act, { wanted: "scroll_thrash" })).toEqual([]);
});

test("SG14: what a campaign asks for is told at once, the rest later", async () => {
  const body = `<button>Payer</button><form id="contact"><input name="email"></form>`;
  const act = async (site: SignalsPage) => {
    await site.click("button", 3);
    await site.page.fill("input", "x");
    await site.click("button", 1, 3_000);
  };
  const told = await toldOf(body, act, { wanted: "form,rage_click" });
  expect(told.map(({ event, properties, later }) => [properties["signal"] ?? event, later])).toEqual([
    ["rage_click", false],
    ["Form Started", false],
    ["dead_click", true],
  ]);
});

test("SG15: one signal in five seconds, twenty messages a page view, and a new view counts anew", async () => {
  const body = `<button>Payer</button>`;
  const act = async (site: SignalsPage) => {
    await site.click("button", 6, 100);
    expect(named(await site.told())).toEqual(["rage_click"]);
    const fail = () =>
      site.page.evaluate(() => dispatchEvent(new ErrorEvent("error", { error: new Error("x") })));
    for (let more = 0; more < 30; more += 1) {
      await fail();
      await site.wait(5_100);
    }
    expect(await site.told()).toHaveLength(20);
    await site.page.evaluate(() => history.pushState({}, "", "/autre"));
    await site.wait(100);
    await fail();
  };
  expect(await toldOf(body, act)).toHaveLength(21);
});

test("SG16: without consent nothing is told", async () => {
  const body = `<button>Payer</button>${MAIL}`;
  const act = async (site: SignalsPage) => {
    await site.click("button", 3);
    await site.page.fill("textarea", "Bonjour");
    await site.wait(SILENCE_MS);
  };
  expect(await toldOf(body, act, { consented: false, errors: 3 })).toEqual([]);
});

test("SG17: nothing is told of our own widget, of what a site leaves out, or of what scripts do", async () => {
  const body = `<aparte-widget><button>Écrire</button><form id="w"><input name="w"></form></aparte-widget>
<div data-aparte-ignore><button>Jeu</button><form id="game"><input name="score"></form><p>01 23 45 67 89</p></div>
<button id="theirs">Payer</button><form id="theirs-too"><input name="name"></form>`;
  const act = async (site: SignalsPage) => {
    for (const place of ["aparte-widget", "[data-aparte-ignore]"]) {
      await site.click(`${place} button`, 4);
      await site.page.fill(`${place} input`, "x");
      await site.wait(SILENCE_MS);
    }
    await site.page.click("p", { clickCount: 3 });
    await site.page.evaluate(() => {
      for (let times = 0; times < 5; times += 1) document.querySelector<HTMLElement>("#theirs")?.click();
      document.querySelector("#theirs-too input")?.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await site.wait(SILENCE_MS);
  };
  expect(await toldOf(body, act)).toEqual([]);
});

test("SG19: with the Navigation API the history is left alone; without it the beacon is asked to look", async () => {
  const patched = () => `${history.pushState}`.includes("[native code]");
  await toldOf("", async (site) => {
    expect(await site.page.evaluate(patched)).toBe(true);
    expect(await site.looks()).toBe(1);
  });
  const act = async (site: SignalsPage) => {
    expect(await site.page.evaluate(patched)).toBe(false);
    for (const move of [
      () => history.pushState({}, "", "/a"),
      () => history.replaceState({}, "", "/b"),
      () => history.back(),
    ]) {
      const before = await site.looks();
      await site.page.evaluate(move);
      await expect.poll(async () => (await site.wait(10), site.looks())).toBe(before + 1);
    }
  };
  await toldOf("", act, { before: "delete window.navigation" });
});
