/**
 * What the request itself tells of its sender: a person's browser, a server that reports events, or a bot; and the
 * place, which comes from the network edge and never from a message.
 */
import type { Device, Place } from "../../domain/visit/state.ts";
import { deviceOf, isBot, isPersonal } from "../../domain/visit/user-agent.ts";
import { remembered } from "./remembered.ts";

const MAX_AGENT = 512;

/** A few thousand user agents are nearly all traffic, and reading one costs more than the rest of a message. */
const botOf = remembered((userAgent) => isBot(userAgent, false));
const admittedBotOf = remembered((userAgent) => isBot(userAgent, true));
const deviceOfAgent = remembered((userAgent) => deviceOf(userAgent, null));

/** What the request's headers say of its sender, read once. */
export type Origin = {
  /** The origin of the page that sends; null for what is no page. */
  page: string | null;
  userAgent: string | null;
  /** Global Privacy Control. */
  gpc: boolean;
};

export function originOf({ headers }: Request): Origin {
  return {
    page: headers.get("origin"),
    userAgent: headers.get("user-agent"),
    gpc: headers.get("sec-gpc") === "1",
  };
}

export type Sender = { userAgent: string | null; server: boolean; bot: boolean };

/**
 * Who sent a message. `contextAgent` is the user agent that the message names for the page; it wins over the
 * request's, which for a server is the library's. `admitHeadless` counts driven browsers as people.
 */
export function senderOf(
  { page, userAgent: ownAgent }: Origin,
  contextAgent: string | null,
  admitHeadless: boolean,
): Sender {
  const server = page === null && (ownAgent === null || !isPersonal(ownAgent));
  const userAgent = (contextAgent ?? ownAgent)?.slice(0, MAX_AGENT) ?? null;
  const isOne = admitHeadless ? admittedBotOf : botOf;
  return { userAgent, server, bot: userAgent !== null && isOne(userAgent) };
}

/** The device that a sender's user agent names, with the language that the message tells. */
export function senderDevice(userAgent: string | null, locale: string | null): Device {
  const { language, ...unknown } = deviceOf(null, locale);
  return { ...(userAgent === null ? unknown : deviceOfAgent(userAgent)), language };
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
