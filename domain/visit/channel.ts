/**
 * How a visit came: the names of GA4's default channel groups, from the campaign tags and the referrer.
 *
 * Shapes  `arrivalOf` reads the first page view of a visit. An own page as referrer is no referrer.
 *         Beside GA4's groups there is "AI Assistants".
 */
import type { PageContext } from "../events/event.ts";
import { kindNamed, kindOf, type Referrer, referrerOf, type SourceKind } from "./referrer.ts";
import type { Arrival } from "./state.ts";

const UTM = ["source", "medium", "campaign", "term", "content"] as const;

/** What advertising networks add to an address that was paid for, and the group of each. */
const PAID_CLICKS: Readonly<Record<string, string>> = {
  gclid: "Paid Search",
  gbraid: "Paid Search",
  wbraid: "Paid Search",
  msclkid: "Paid Search",
  yclid: "Paid Search",
  dclid: "Display",
  ttclid: "Paid Social",
  twclid: "Paid Social",
  li_fat_id: "Paid Social",
  rdt_cid: "Paid Social",
  epik: "Paid Social",
};
/** What networks add to every address that leads out of them, paid for or not. */
const SOCIAL_CLICKS: readonly string[] = ["fbclid", "igshid"];
/** The parameters of a page's address that are read and then forgotten, besides the campaign tags. */
export const CLICK_IDS: ReadonlySet<string> = new Set([...Object.keys(PAID_CLICKS), ...SOCIAL_CLICKS]);

const PAID_MEDIUM = /^(.*cp.*|ppc|retargeting|paid.*)$/;
const SHOPPING_CAMPAIGN = /^(.*(([^a-df-z]|^)shop|shopping).*)$/;
const DISPLAY_MEDIA: readonly string[] = ["display", "banner", "expandable", "interstitial", "cpm"];
const SOCIAL_MEDIA: readonly string[] = [
  "social",
  "social-network",
  "social-media",
  "sm",
  "social network",
  "social media",
];
const MAIL = /^e[-_ ]?mail$/;
const NOTHING: readonly string[] = ["", "(none)", "(not set)"];

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
  const referrer = foreign(referrerOf(page.referrer), referrerOf(page.url));
  const channel = channelOf(utm, referrer, page.search);
  return {
    path: page.path,
    referrer: referrer === null ? null : page.referrer,
    channel,
    utm,
    searchTerms: utm.term ?? (referrer === null ? null : page.searchTerms),
    affiliate: channel === "Affiliates" ? (utm.source ?? null) : null,
  };
}

/** What campaign tags say, in lower case; `kind` is that of the source they name, else of the referrer. */
type Told = { source: string; medium: string; campaign: string; kind: SourceKind | null };

/** The default channel group: the first of GA4's definitions that holds, in GA4's order. */
export function channelOf(
  utm: Record<string, string>,
  referrer: Referrer | null,
  search: Record<string, string>,
): string {
  const told = readTags(utm, referrer);
  const click = told.medium === "" || PAID_MEDIUM.test(told.medium) ? paidClick(search) : null;
  if (told.campaign.includes("cross-network")) return "Cross-network";
  if (PAID_MEDIUM.test(told.medium) || click !== null) return paidGroup(told, click);
  const group = tellingGroup(told);
  if (group !== null) return group;
  if (referrer !== null && told.source === "" && told.medium === "") return "Referral";
  if (!NOTHING.includes(told.medium) || !["", "(direct)"].includes(told.source)) return "Unassigned";
  return SOCIAL_CLICKS.some((id) => id in search) ? "Organic Social" : "Direct";
}

function readTags(utm: Record<string, string>, referrer: Referrer | null): Told {
  const [source, medium, campaign] = [utm.source, utm.medium, utm.campaign].map((tag) =>
    (tag ?? "").trim().toLowerCase(),
  ) as [string, string, string];
  if (source !== "") return { source, medium, campaign, kind: kindNamed(source) };
  // A mail that is read in the browser comes from a host that searches too: its medium says more.
  const telling = tellingGroup({ source, medium, campaign: "", kind: null }) !== null;
  return { source, medium, campaign, kind: telling || referrer === null ? null : kindOf(referrer) };
}

function paidGroup({ campaign, medium, kind }: Told, click: string | null): string {
  if (kind === "shopping" || SHOPPING_CAMPAIGN.test(campaign)) return "Paid Shopping";
  if (kind === "search") return "Paid Search";
  if (kind === "social") return "Paid Social";
  if (kind === "video") return "Paid Video";
  if (DISPLAY_MEDIA.includes(medium)) return "Display";
  return click ?? "Paid Other";
}

/** The group of a visit that nobody paid for, where its tags or its referrer tell one. */
function tellingGroup({ source, medium, campaign, kind }: Told): string | null {
  if (kind === "assistant") return "AI Assistants";
  if (DISPLAY_MEDIA.includes(medium)) return "Display";
  if (kind === "shopping" || SHOPPING_CAMPAIGN.test(campaign)) return "Organic Shopping";
  if (kind === "social" || SOCIAL_MEDIA.includes(medium)) return "Organic Social";
  if (kind === "video" || medium.includes("video")) return "Organic Video";
  if (kind === "search" || medium === "organic") return "Organic Search";
  if (["referral", "app", "link"].includes(medium)) return "Referral";
  if (MAIL.test(source) || MAIL.test(medium)) return "Email";
  if (medium === "affiliate" || medium === "affiliates") return "Affiliates";
  if (medium === "audio") return "Audio";
  if (source === "sms" || medium === "sms") return "SMS";
  if (source === "firebase" || /push$|mobile|notification/.test(medium)) return "Mobile Push Notifications";
  return null;
}

function paidClick(search: Record<string, string>): string | null {
  const id = Object.keys(PAID_CLICKS).find((name) => Object.hasOwn(search, name));
  return id === undefined ? null : (PAID_CLICKS[id] ?? null);
}

/** `referrer` unless it is a page of the site itself. */
function foreign(referrer: Referrer | null, own: Referrer | null): Referrer | null {
  const name = (one: Referrer | null) => one?.host.replace(/^www\./, "");
  return referrer !== null && name(referrer) !== name(own) ? referrer : null;
}
