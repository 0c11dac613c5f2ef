/**
 * How a visit came: the names of GA4's default channel groups, from the campaign tags and the referrer's host.
 *
 * Shapes  `arrivalOf` reads the first page view of a visit. An own page as referrer is no referrer.
 */
import type { PageContext } from "../events/event.ts";
import type { Arrival } from "./state.ts";

const SEARCH = /(^|\.)(google|bing|duckduckgo|ecosia|qwant|yahoo|yandex|baidu|startpage|lilo|brave)\./;
const SOCIAL =
  /(^|\.)(facebook|instagram|twitter|x|linkedin|pinterest|tiktok|reddit|youtube|snapchat|threads)\.(com|net|co)$|(^|\.)(t\.co|lnkd\.in)$/;
const ASSISTANT =
  /(^|\.)(chatgpt\.com|chat\.openai\.com|perplexity\.ai|claude\.ai|gemini\.google\.com|copilot\.microsoft\.com|chat\.mistral\.ai)$/;
const PAID_MEDIUM = /^(.*cp.*|ppc|retargeting|paid.*)$/;
const CLICK_IDS = ["gclid", "msclkid", "fbclid", "ttclid", "dclid"] as const;
const UTM = ["source", "medium", "campaign", "term", "content"] as const;

/** Where the visit that begins on `page` came from. */
export function arrivalOf(page: PageContext | null): Arrival {
  if (page === null) {
    return { path: null, referrer: null, channel: "Direct", utm: {}, searchTerms: null, affiliate: null };
  }
  const utm: Record<string, string> = {};
  for (const name of UTM) {
    const value = page.search[`utm_${name}`];
    if (value) utm[name] = value.slice(0, 200);
  }
  const host = hostOf(page.referrer);
  const referrerHost = host === hostOf(page.url) ? null : host;
  const channel = channelOf(utm, referrerHost, page.search);
  return {
    path: page.path,
    referrer: referrerHost === null ? null : page.referrer,
    channel,
    utm,
    searchTerms: utm.term ?? null,
    affiliate: channel === "Affiliates" ? (utm.source ?? null) : null,
  };
}

/** The default channel group, most specific first. */
export function channelOf(
  utm: Record<string, string>,
  referrerHost: string | null,
  search: Record<string, string>,
): string {
  const medium = (utm.medium ?? "").toLowerCase();
  const source = (utm.source ?? referrerHost ?? "").toLowerCase();
  const paid = PAID_MEDIUM.test(medium) || CLICK_IDS.some((id) => id !== "fbclid" && id in search);
  const isSearch = SEARCH.test(`${source}.`) || (referrerHost !== null && SEARCH.test(referrerHost));
  const isSocial = SOCIAL.test(source) || SOCIAL.test(`${source}.com`);

  if (ASSISTANT.test(source) || (referrerHost !== null && ASSISTANT.test(referrerHost)))
    return "AI Assistants";
  if (medium === "affiliate" || medium === "affiliates") return "Affiliates";
  if (/^e-?mail$/.test(medium) || /^e-?mail$/.test(source)) return "Email";
  if (medium === "sms" || source === "sms") return "SMS";
  if (paid && isSocial) return "Paid Social";
  if (paid && (isSearch || "gclid" in search || "msclkid" in search)) return "Paid Search";
  if (["display", "banner", "cpm", "expandable", "interstitial"].includes(medium)) return "Display";
  if (paid) return "Paid Other";
  if (isSocial || ["social", "social-network", "social-media", "sm"].includes(medium))
    return "Organic Social";
  if (isSearch || medium === "organic") return "Organic Search";
  if (referrerHost !== null || medium === "referral") return "Referral";
  return source === "" && medium === "" ? "Direct" : "Unassigned";
}

function hostOf(url: string | null): string | null {
  const match = /^https?:\/\/(?:[^/?#@]*@)?([^/?#:]+)/i.exec(url ?? "");
  return match?.[1]?.toLowerCase() ?? null;
}
