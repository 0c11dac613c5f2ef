/**
 * What a user agent names: a person's browser or a program, and the device, as enumerable words only.
 *
 * Errors  what cannot be told is null; no text of a stranger's choosing is handed on.
 */
import Bowser from "bowser";
import { isbot } from "isbot";
import type { Device } from "./state.ts";

/** What a person holds names itself so: browsers, and the network layers of phones. Everything else is a program. */
const PERSONAL = /^(?:Mozilla|Opera)\/|^Dalvik\/|CFNetwork\//;
/** Programs that go from page to page by themselves, as they name themselves without posing as a browser. */
const CRAWLER =
  /bot\b|crawl|spider|slurp|archiver|externalhit|preview|scrap|fetcher|monitor|pingdom|uptime|lighthouse|scanner|mediapartners/i;
/** Every other name that the parser reads from an agent is a stranger's own text. */
const BROWSERS: ReadonlySet<string> = new Set(Object.values(Bowser.BROWSER_MAP));
const SYSTEMS: ReadonlySet<string> = new Set(Object.values(Bowser.OS_MAP));
const TYPES: ReadonlySet<string> = new Set(Object.values(Bowser.PLATFORMS_MAP));
const HEADLESS = /HeadlessChrome\//;

/** Whether `userAgent` is what a person holds, by how it begins. */
export function isPersonal(userAgent: string): boolean {
  return PERSONAL.test(userAgent);
}

/**
 * Whether `userAgent` crawls. A server's library is no bot, however many there are: of programs only those that say they
 * crawl are. `admitHeadless` counts driven browsers as people.
 */
export function isBot(userAgent: string, admitHeadless: boolean): boolean {
  if (!PERSONAL.test(userAgent)) return CRAWLER.test(userAgent);
  return isbot(admitHeadless ? userAgent.replace(HEADLESS, "Chrome/") : userAgent);
}

/** The device that `userAgent` names, as enumerable words only. */
export function deviceOf(userAgent: string | null, locale: string | null): Device {
  const language = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(locale ?? "") ? locale : null;
  if (userAgent === null || !PERSONAL.test(userAgent))
    return { type: null, browser: null, os: null, language };
  const parsed = Bowser.parse(userAgent);
  return {
    type: among(TYPES, parsed.platform.type) ?? "desktop",
    browser: among(BROWSERS, parsed.browser.name),
    os: among(SYSTEMS, parsed.os.name),
    language,
  };
}

function among(words: ReadonlySet<string>, word: string | undefined): string | null {
  return word !== undefined && words.has(word) ? word : null;
}
