/**
 * From a checked message to an event: the server's word on when, and the page's address taken apart.
 */
import { clipObject } from "../../domain/events/clip.ts";
import { correctedTime, type Event, type PageContext } from "../../domain/events/event.ts";
import { fromGa4 } from "../../domain/events/ga4.ts";
import type { Message } from "../../domain/events/message.ts";
import { CLICK_IDS } from "../../domain/visit/channel.ts";
import { isSpammer, referrerOf as readReferrer, searchTerms } from "../../domain/visit/referrer.ts";
import { asName } from "./names.ts";
import { remembered } from "./remembered.ts";

const MAX_SEARCH_KEYS = 40;
/** What is told of a page at more length than this is taken apart anew each time. */
const MAX_REMEMBERED = 600;

/** `message` as an event that arrived at `receivedAt`; `sentAt` is the batch's, in the sender's clock. */
export function eventOf(message: Message, sentAt: number | null, receivedAt: number): Event {
  const stated = message.originalTimestamp ?? message.timestamp ?? null;
  const { name, properties } = wordsOf(message);
  return {
    id: message.messageId ?? crypto.randomUUID(),
    type: message.type,
    name: asName(message.type, name),
    at: correctedTime(stated, message.sentAt ?? sentAt, receivedAt),
    receivedAt,
    viewId: message.context?.page?.view_id ?? null,
    page: pageOf(message),
    properties: clipObject(properties),
    traits: clipObject({ ...message.context?.traits, ...message.traits }),
  };
}

/** What happened, in Segment's words whoever says it. */
function wordsOf({
  type,
  event,
  properties,
  context,
}: Message): Pick<Event, "properties"> & { name: string | null } {
  const told = { name: event ?? null, properties: properties ?? {} };
  const ga4 = type === "track" && context?.ga4 === true && told.name !== null;
  return ga4 ? fromGa4(told.name ?? "", told.properties) : told;
}

type Told = { url: string | null; path: string | null; title: string | null; referrer: string | null };

function pageOf(message: Message): PageContext | null {
  const own = message.type === "page" || message.type === "screen" ? (message.properties ?? {}) : {};
  const context = message.context?.page ?? {};
  const told = {
    url: text(own.url) ?? text(context.url),
    path: text(own.path) ?? text(context.path),
    title: text(own.title) ?? text(context.title),
    referrer: text(own.referrer) ?? text(context.referrer),
  };
  const status = number(own.status) ?? number(context.status);
  const key = JSON.stringify([told, status]);
  return key.length <= MAX_REMEMBERED && !/[?#]/.test(key) ? readAgain(key) : readPage(told, status);
}

/**
 * The messages of a request mostly stand on one page, and a site's visitors on the same few. What an address carries
 * beside its path is nobody else's, and is not remembered.
 */
const readAgain = remembered((key) => {
  const [told, status] = JSON.parse(key) as [Told, number | null];
  return readPage(told, status);
});

function readPage({ url, path, title, referrer }: Told, status: number | null): PageContext | null {
  if (url === null && path === null) return null;
  const parsed = url === null ? null : URL.parse(url);
  const http = parsed !== null && /^https?:$/.test(parsed.protocol);
  return {
    url: http ? parsed.origin + parsed.pathname : "",
    path: path ?? (http ? parsed.pathname : ""),
    title,
    ...referrerOf(referrer),
    status,
    search: http && parsed.search !== "" ? searchOf(parsed) : {},
  };
}

/** Query strings and fragments often carry what is private: campaign tags, click ids and test marks are all that is read. */
function searchOf(url: URL): Record<string, string> {
  const kept = [...url.searchParams].filter(([key]) => /^utm_[a-z]+$/.test(key) || CLICK_IDS.has(key));
  return Object.fromEntries(kept.slice(0, MAX_SEARCH_KEYS));
}

/** The page before, without what it was asked; of that only what was searched for. Spam is no referrer. */
function referrerOf(address: string | null): Pick<PageContext, "referrer" | "searchTerms"> {
  const url = address === null ? null : URL.parse(address);
  const referrer = readReferrer(address);
  if (url === null || referrer === null || isSpammer(referrer.host)) {
    return { referrer: null, searchTerms: null };
  }
  return {
    referrer: `${url.protocol}//${url.host}${url.pathname}`,
    searchTerms: searchTerms(referrer, (parameter) => url.searchParams.get(parameter)),
  };
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value.slice(0, 2_000) : null;
}

function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
