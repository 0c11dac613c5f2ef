/** A real Chromium, as the tests drive it: headless, calling nobody, with a profile of its own. */
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";
import { findChromium, findShell } from "../../scripts/chromium.ts";

/** A browser that says it is headless is a bot, and Aparté offers a bot nothing. */
const PERSON =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  `--user-agent=${PERSON}`,
];

/** The shell without windows; `whole` where a test needs what only the whole browser has, as notifications are. */
export function launchBrowser({ whole = false } = {}): Promise<Browser> {
  return chromium.launch({ executablePath: whole ? findChromium() : findShell(), args: FLAGS });
}
