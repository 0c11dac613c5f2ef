/** What the groups of the figures are called: those that have an id by their names, times by the calendar. */
import type { Grouping } from "../../../domain/kpi/grouping.ts";
import { request } from "../../shared/api.ts";
import { date } from "../../shared/format.ts";
import type { Locale } from "../../shared/i18n.ts";
import { dayName } from "../overview/days.ts";
import { apiPath, type Page } from "../site.ts";
import { f } from "./words.ts";

/** The name of a thing by its id; null where it is no longer there. */
export type NameOf = (id: string) => string | null;

const PAGE = 200;
const SHOWN_OF_ID = 6;

type Noun = "campaigns" | "agents" | "skills" | "canned";
type Named = { id: string; key?: string; name?: string; title?: string; shortcut?: string };

const NOUNS: Partial<Record<Grouping, readonly Noun[]>> = {
  campaign: ["campaigns"],
  variant: ["campaigns"],
  agent: ["agents"],
  skill: ["skills"],
  canned: ["canned", "agents"],
};

/** The names that rows by `by` need, all pages of them. */
export async function readNames(site: string, by: Grouping, signal: AbortSignal): Promise<NameOf> {
  const names = new Map<string, string>();
  for (const noun of NOUNS[by] ?? []) {
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ limit: String(PAGE), ...(cursor === null ? {} : { cursor }) });
      const address = `${apiPath(site, noun)}?${query}`;
      const page: Page<Named> = await request<Page<Named>>("GET", address, undefined, { signal });
      for (const one of page.items) {
        const name = one.name || one.title || (one.shortcut === undefined ? one.id : `/${one.shortcut}`);
        names.set(one.id, name);
        if (one.key !== undefined) names.set(one.key, name);
      }
      cursor = page.next_cursor;
    } while (cursor !== null);
  }
  return (id) => names.get(id) ?? null;
}

/** `group` of the rows by `by` as a reader calls it. */
export function groupName(locale: Locale, group: string, by: Grouping, nameOf: NameOf, zone: string): string {
  const known = (id: string) => nameOf(id) ?? f("gone", { id: id.slice(-SHOWN_OF_ID) });
  switch (by) {
    case "hour":
      return hourName(locale, group, zone);
    case "day":
      return dayName(locale, group, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
    case "week":
      return dayName(locale, group, { day: "numeric", month: "short", year: "numeric" });
    case "campaign":
    case "agent":
      return known(group);
    case "variant":
    case "canned": {
      const cut = group.indexOf(":");
      const [first, second] = [group.slice(0, cut), group.slice(cut + 1)];
      return `${known(first)} · ${by === "variant" ? second : known(second)}`;
    }
    case "skill":
      return group === "none" ? f("noSkill") : (nameOf(group) ?? group);
    case "channel":
      return group === "unknown" ? f("unknown") : group;
    case "device":
      return ["desktop", "mobile", "tablet", "other"].includes(group) ? f(`device_${group}`) : f("unknown");
    default:
      return by satisfies never;
  }
}

function hourName(locale: Locale, group: string, zone: string): string {
  const tag = locale === "fr" ? "fr-FR" : "en-GB";
  const hour = new Intl.DateTimeFormat(tag, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  });
  return `${date(locale, group, zone)}, ${hour.format(new Date(group))}`;
}
