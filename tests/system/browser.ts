/** A real Chromium, as the tests drive it: headless, calling nobody, with a profile of its own. */
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";
import { findChromium } from "../../scripts/chromium.ts";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: FLAGS });
}
