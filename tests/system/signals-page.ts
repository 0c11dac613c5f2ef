/** A page of somebody's site with the built signals on it, and a beacon that writes down what it is told. */
import { readFileSync } from "node:fs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

const ORIGIN = "http://localhost:18600";
const BUILT = "node_modules/.cache/aparte-build/signals.json";
const BEGIN_MS = Date.UTC(2026, 10, 22, 9);

export type Told = { event: string; properties: Record<string, unknown>; later: boolean };
export type Options = {
  context?: BrowserContextOptions;
  /** A script that runs before the signals start. */
  before?: string;
  wanted?: string;
  errors?: number;
  consented?: boolean;
};

/** The page's clock stands still but for `wait`, so that a threshold is met or missed as the test says. */
export class SignalsPage {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  /** A page whose body is `body`, in a browser context of its own; the visitor's first input is long past. */
  static async open(browser: Browser, body: string, options: Options = {}): Promise<SignalsPage> {
    const context = await browser.newContext({ viewport: { width: 1_000, height: 700 }, ...options.context });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const { entry } = JSON.parse(readFileSync(BUILT, "utf8")) as { entry: string };
    await page.clock.install({ time: BEGIN_MS });
    await page.route(`${ORIGIN}/**`, (route) =>
      new URL(route.request().url()).pathname === entry
        ? route.fulfill({ contentType: "text/javascript", body: readFileSync(`dist${entry}`) })
        : route.fulfill({ contentType: "text/html", body: htmlOf(entry, body, options) }),
    );
    await page.goto(`${ORIGIN}/contact`);
    await page.waitForFunction(() => "told" in globalThis);
    await page.clock.pauseAt(BEGIN_MS + 60_000);
    return new SignalsPage(page);
  }

  /** Let the page's clock run on, with all its timers. */
  async wait(ms: number): Promise<void> {
    await this.page.clock.runFor(ms);
  }

  /** Until the browser has drawn the page: by then it has told of scrolling. */
  async frame(): Promise<void> {
    await this.page.evaluate(
      () =>
        new Promise<void>((done) => {
          const observer = new IntersectionObserver(() => {
            observer.disconnect();
            done();
          });
          observer.observe(document.body);
        }),
    );
  }

  told(): Promise<Told[]> {
    return this.page.evaluate(() => Reflect.get(globalThis, "told") as Told[]);
  }

  /** The names of the signals told so far. */
  async signals(): Promise<unknown[]> {
    return (await this.told()).flatMap(({ properties }) => properties["signal"] ?? []);
  }

  /** How often the beacon was asked to look. */
  looks(): Promise<number> {
    return this.page.evaluate(() => Reflect.get(globalThis, "looks") as number);
  }

  /** Click `times` on `selector`, `everyMs`. */
  async click(selector: string, times = 1, everyMs = 200): Promise<void> {
    for (let done = 0; done < times; done += 1) {
      await this.page.click(selector, { noWaitAfter: true, force: true });
      await this.frame();
      await this.wait(everyMs);
    }
  }

  /** Move the mouse through `heights`, `everyMs`. */
  async sweep(heights: readonly number[], everyMs: number, x = 500): Promise<void> {
    for (const y of heights) {
      await this.wait(everyMs);
      await this.page.mouse.move(x, y);
    }
  }

  /** Draw a finger from one height to another within `ms`. */
  async draw(from: number, to: number, ms: number): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", y?: number) =>
      session.send("Input.dispatchTouchEvent", { type, touchPoints: y === undefined ? [] : [{ x: 200, y }] });
    await touch("touchStart", from);
    await this.wait(ms / 2);
    await touch("touchMove", (from + to) / 2);
    await this.wait(ms / 2);
    await touch("touchMove", to);
    await touch("touchEnd");
    await session.detach();
  }

  /** Scroll to each of `heights` in turn, `everyMs`. */
  async scroll(heights: readonly number[], everyMs: number): Promise<void> {
    for (const y of heights) {
      await this.page.evaluate(
        (top) =>
          new Promise<void>((done) => {
            addEventListener("scroll", () => done(), { once: true });
            scrollTo({ top, behavior: "instant" });
          }),
        y,
      );
      await this.wait(everyMs);
    }
  }
}

function htmlOf(entry: string, body: string, options: Options): string {
  const { before = "", wanted = "", errors = 0, consented = true } = options;
  return `<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Contact</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">
<script>
// The tests' clock gives an event the moment at which it is first asked for it.
for (const name of ["mousemove", "mouseout", "touchstart", "touchend", "click"]) {
  addEventListener(name, (event) => void event.timeStamp, true);
}
${before}</script></head><body>${body}<script type="module">
import { start } from ${JSON.stringify(entry)};
const told = [];
globalThis.looks = 0;
start({
  tell: (event, properties, later) => told.push({ event, properties: JSON.parse(JSON.stringify(properties)), later }),
  wanted: () => ${JSON.stringify(wanted)}, look: () => looks++, errors: () => ${errors}, consented: () => ${consented},
});
globalThis.told = told;
</script></body></html>`;
}
