/**
 * What kind of site a visitor came from, and what was searched there.
 *
 * Shapes  a `Referrer` is a host and a path. The most specific entry of the lists wins: a search page of a social
 *         network is a search. Campaign tags name sites by a host or by a word (`google`, `fb`).
 */
import { ASSISTANTS, SEARCH_ENGINES, SOCIALS, SPAMMERS } from "./referrer-lists.ts";

export type Referrer = { host: string; path: string };
export type SourceKind = "assistant" | "social" | "video" | "shopping" | "search";

/** Beside Matomo's lists: GA4 counts these as video and as shopping. */
const VIDEO =
  "youtube.com youtu.be youtube-nocookie.com vimeo.com dailymotion.com twitch.tv netflix.com hulu.com disneyplus.com " +
  "wistia.com ted.com crackle.com utreon.com curiositystream.com veoh.com rutube.ru";
const SHOPPING =
  "amazon.com amazon.fr amazon.de amazon.co.uk amazon.es amazon.it amazon.ca amazon.com.be amazon.nl ebay.com ebay.fr " +
  "ebay.de ebay.co.uk ebay.it ebay.es etsy.com aliexpress.com aliexpress.us alibaba.com taobao.com tmall.com jd.com " +
  "walmart.com target.com mercadolibre.com mercadolivre.com.br rakuten.com rakuten.fr rakuten.co.jp shop.app " +
  "shopping.google.com shopping.yahoo.com shopzilla.com bizrate.com pricegrabber.com kelkoo.com kelkoo.fr idealo.fr " +
  "idealo.de idealo.co.uk leguide.com ledenicheur.fr shopzilla.fr cdiscount.com fnac.com zalando.fr zalando.de " +
  "vinted.fr vinted.com leboncoin.fr allegro.pl bol.com";
/** Words that campaign tags use, where they are not the first part of a listed address under `.com`. */
const WORDS: Readonly<Record<string, SourceKind>> = {
  ...named(
    "assistant",
    "chatgpt openai copilot gemini claude perplexity deepseek grok mistral lechat notebooklm",
  ),
  ...named("social", "fb ig insta bluesky mastodon telegram whatsapp discord vkontakte snap meta messenger"),
  ...named("video", "youtu twitch"),
  ...named("shopping", "igshopping googleshopping"),
  ...named(
    "search",
    "google adwords googleads ecosia seznam brave lilo aol qwant kagi mojeek swisscows rambler daum",
  ),
};

type Entry = { path: string; params: readonly string[] };
type Lists = {
  engines: ReadonlyMap<string, readonly Entry[]>;
  sites: ReadonlyMap<string, readonly { path: string; kind: SourceKind }[]>;
  spammers: ReadonlySet<string>;
};
type Found = { kind: SourceKind; length: number };

const MAX_TERMS = 100;

/** The kind of site that `referrer` is; null for one that is nothing of these. */
export function kindOf(referrer: Referrer): SourceKind | null {
  const site = siteOf(referrer);
  const engine = engineOf(referrer) === null ? null : bare(referrer.host).length;
  // A tie goes to the network: it is listed as a search engine for its own search only.
  if (engine !== null && engine > (site?.length ?? -1)) return "search";
  return site?.kind ?? null;
}

/** The kind of site that a campaign tag calls `source`. */
export function kindNamed(source: string): SourceKind | null {
  const host = source.toLowerCase();
  if (host.includes(".")) return kindOf({ host, path: "/" });
  return (
    kindOf({ host: `${host}.com`, path: "/" }) ?? (Object.hasOwn(WORDS, host) ? (WORDS[host] ?? null) : null)
  );
}

/** Whether `host` sends nobody and only wants to be read about. */
export function isSpammer(host: string): boolean {
  return parentsOf(bare(host)).some((parent) => lists().spammers.has(parent));
}

/** What was searched at `referrer`, where that is a known engine that tells; read from `parameters` by `read`. */
export function searchTerms(referrer: Referrer, read: (parameter: string) => string | null): string | null {
  if (kindOf(referrer) !== "search") return null;
  for (const parameter of engineOf(referrer)?.params ?? []) {
    const terms = read(parameter)?.replaceAll(/\s+/g, " ").trim();
    // An older engine's own alphabet cannot be read: better none than wrong ones.
    if (terms && !terms.includes("\uFFFD")) return terms.slice(0, MAX_TERMS);
  }
  return null;
}

/** The host and path of a web or app address, lower-case where that is all the same. */
export function referrerOf(address: string | null): Referrer | null {
  const match = /^(?:https?|android-app):\/\/(?:[^/?#@]*@)?([^/?#:]+)(?::\d+)?([^?#]*)/i.exec(address ?? "");
  return match?.[1] === undefined ? null : { host: match[1].toLowerCase(), path: match[2] || "/" };
}

function siteOf({ host, path }: Referrer): Found | null {
  for (const parent of parentsOf(bare(host))) {
    const entry = lists()
      .sites.get(parent)
      ?.find((one) => path.startsWith(one.path));
    if (entry !== undefined) return { kind: entry.kind, length: parent.length };
  }
  return null;
}

function engineOf({ host, path }: Referrer): Entry | null {
  for (const name of [host, bare(host), countryless(host)]) {
    const entry = lists()
      .engines.get(name)
      ?.find((one) => path.startsWith(one.path));
    if (entry !== undefined) return entry;
  }
  return null;
}

/** `host` and what it is a part of, the longest first; never a bare ending. */
function parentsOf(host: string): string[] {
  const labels = host.split(".");
  return labels.slice(0, -1).map((_, index) => labels.slice(index).join("."));
}

function bare(host: string): string {
  return host.replace(/^www\d*\./, "");
}

/** `host` as the lists write engines that are the same in every country. */
function countryless(host: string): string {
  return host
    .replace(/^(?:w+\d*|search)\./, "")
    .replace(/(^|\.)m\./, "$1")
    .replace(/(?:\.(?:com|org|net|co|it|edu))?\.[a-z]{2}$/, ".{}")
    .replace(/(^|\.)[a-z]{2}\./, "$1{}.");
}

let known: Lists | null = null;

/** Read once, at the first visit that needs them. */
function lists(): Lists {
  known ??= { engines: readEngines(), sites: readSites(), spammers: new Set(words(SPAMMERS)) };
  return known;
}

function readEngines(): Lists["engines"] {
  const engines = new Map<string, Entry[]>();
  for (const line of SEARCH_ENGINES.trim().split("\n")) {
    const colon = line.indexOf(":");
    const params = line.slice(0, colon).split(",").filter(Boolean);
    for (const address of words(line.slice(colon + 1))) {
      const { host, path } = splitAddress(address);
      for (const name of new Set([host, bare(host)])) {
        engines.set(name, longestFirst([...(engines.get(name) ?? []), { path, params }]));
      }
    }
  }
  return engines;
}

function readSites(): Lists["sites"] {
  const sites = new Map<string, { path: string; kind: SourceKind }[]>();
  const kinds = [
    ["assistant", ASSISTANTS],
    ["video", VIDEO],
    ["social", SOCIALS],
    ["shopping", SHOPPING],
  ] as const;
  for (const [kind, list] of kinds) {
    for (const address of words(list)) {
      const { host, path } = splitAddress(address);
      sites.set(host, longestFirst([...(sites.get(host) ?? []), { path, kind }]));
    }
  }
  return sites;
}

function longestFirst<T extends { path: string }>(entries: readonly T[]): T[] {
  return entries.toSorted((a, b) => b.path.length - a.path.length);
}

/** Apps are listed with a scheme of their own and a page within; a visit from them names the app alone. */
function splitAddress(address: string): Referrer {
  const app = /^android-app\/\/([^/]+)/.exec(address)?.[1];
  if (app !== undefined) return { host: app, path: "" };
  const slash = address.indexOf("/");
  return slash < 0
    ? { host: address, path: "" }
    : { host: address.slice(0, slash), path: address.slice(slash) };
}

function words(list: string): string[] {
  return list.split(/\s+/).filter(Boolean);
}

function named(kind: SourceKind, list: string): Record<string, SourceKind> {
  return Object.fromEntries(words(list).map((word) => [word, kind]));
}
