/**
 * What the request itself tells of its sender: a person's browser, a server that reports events, or a bot; the
 * device; and the place, which comes from the network edge and never from a message.
 */
import Bowser from "bowser";
import { isbot } from "isbot";
import type { Device, Place } from "../../domain/visit/state.ts";

/** What a person holds names itself so: browsers, and the network layers of phones. Everything else is a program. */
const PERSONAL = /^(?:Mozilla|Opera)\/|^Dalvik\/|CFNetwork\//;
/** Programs that go from page to page by themselves, as they name themselves without posing as a browser. */
const CRAWLER =
  /bot\b|crawl|spider|slurp|archiver|externalhit|preview|scrap|fetcher|monitor|pingdom|uptime|lighthouse/i;
const HEADLESS = /HeadlessChrome\//;
const MAX_AGENT = 512;

export type Sender = { userAgent: string | null; server: boolean; bot: boolean };

/**
 * Who sent a message. `contextAgent` is the user agent that the message names for the page; it wins over the
 * request's, which for a server is the library's. `admitHeadless` counts driven browsers as people.
 */
export function senderOf(request: Request, contextAgent: string | null, admitHeadless: boolean): Sender {
  const ownAgent = request.headers.get("user-agent");
  const server = request.headers.get("origin") === null && (ownAgent === null || !PERSONAL.test(ownAgent));
  const userAgent = (contextAgent ?? ownAgent)?.slice(0, MAX_AGENT) ?? null;
  return { userAgent, server, bot: userAgent !== null && isBot(userAgent, admitHeadless) };
}

/** A server's library is no bot, however many there are: of programs only those that say they crawl are. */
function isBot(userAgent: string, admitHeadless: boolean): boolean {
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
    type: parsed.platform.type ?? "desktop",
    browser: parsed.browser.name ?? null,
    os: parsed.os.name ?? null,
    language,
  };
}

/** Where the request came from; a server's place says nothing of its visitors. */
export function placeOf(request: Request, server: boolean): Place {
  const cf = server ? undefined : (request.cf as IncomingRequestCfProperties | undefined);
  return {
    country: typeof cf?.country === "string" ? cf.country : null,
    region: cf?.region ?? null,
    city: cf?.city ?? null,
  };
}
