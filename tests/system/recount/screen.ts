/**
 * The table of the figures' screen, read in a browser, and what has to stand in it: counted figures as a reader of that
 * language writes them, by `Intl` and the rules of writing alone.
 */
import type { Page } from "playwright-core";
import type { Figures } from "./counted.ts";
import type { Site } from "./sites.ts";
import type { Group } from "./sums.ts";

/** A row's name and its cells, each a value and what stands behind it. */
export type Line = string;

const WORDS = {
  "en-GB": {
    gone: (id: string) => `gone, …${id}`,
    none: "No skill",
    unknown: "Unknown",
    whole: "Whole",
    devices: { mobile: "Phone", desktop: "Computer", tablet: "Tablet" },
  },
  "fr-FR": {
    gone: (id: string) => `supprimé, …${id}`,
    none: "Sans compétence",
    unknown: "Inconnu",
    whole: "Ensemble",
    devices: { mobile: "Téléphone", desktop: "Ordinateur", tablet: "Tablette" },
  },
} as const;

const MONEY =
  /^(revenue|refunded|lead_value|aov|aov_(un)?assisted|attributed_revenue|revenue_per_(chat|agent_hour)|cost_.*)$/;
const CHANGES = /^(aov_uplift_vs_unassisted|gross_roi_attributed)$/;
const SECONDS = /_(median|p90)$/;
const ONE_DECIMAL = /^(agent_hours|nps)$/;
const TWO_DECIMALS =
  /^((sales|chats)_per_agent_hour|concurrency|orders_per_closed_conversation|csat_mean|ces_mean)$/;
const SHARES = /_rate(_|$)|^share_of_|conversion_|_conversion$|^fcr|^csat$|^ces_agree$|^occupancy$/;
/** Shares and means of answers, which are not shown of few. */
const ANSWERS = /^(fcr_asked|csat|csat_mean|nps|ces_mean|ces_agree)$/;
const FEW = 30;
const BY_HOURS = /_per_agent_hour$|^occupancy$/;
const FEW_HOURS = 8;
/** Of how many visitors these are is not recounted, so that of one agent they are not looked at. */
const OF_VISITORS = /^(aov|revenue_per_chat|concurrency|orders_per_closed|returned_revenue)/;

/** All white space alike, as `innerText` and `Intl` differ in it. */
const plain = (text: string) => text.replaceAll(/\s+/g, " ").trim();

/** Whether each row is of one agent. */
const isOfOne = (group: Group) => group === "agent" || group === "canned";

/** Whether there is too little of it to be shown: of anybody's answers, and of whatever one agent did. */
function isFew(name: string, figures: Figures, group: Group): boolean {
  const { denominator = null, n } = figures[name] ?? {};
  if (isOfOne(group) && BY_HOURS.test(name)) return (figures["agent_hours"]?.value ?? 0) < FEW_HOURS;
  const isRate = SECONDS.test(name) || SHARES.test(name);
  return (ANSWERS.test(name) || (isOfOne(group) && isRate)) && (n ?? denominator ?? 0) < FEW;
}

/** A figure as its cell has it: its value and, of a share, what it is a share of. */
export function cellOf(
  name: string,
  { figures, group, site: { locale, currency } }: { figures: Figures; group: Group; site: Site },
): string {
  const { value = null, numerator = null, denominator = null } = figures[name] ?? {};
  if (value === null || isFew(name, figures, group)) return "-";
  const number = (of: number, options: Intl.NumberFormatOptions = {}) =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: 0, ...options }).format(of).replaceAll("-", "−");
  if (SECONDS.test(name)) return lasting(value);
  if (MONEY.test(name)) {
    const whole = Number.isInteger(value) || Math.abs(value) >= 1_000;
    return number(value, {
      style: "currency",
      currency,
      minimumFractionDigits: whole ? 0 : 2,
      maximumFractionDigits: whole ? 0 : 2,
    });
  }
  if (CHANGES.test(name)) return `${value > 0 ? "+" : ""}${number(value, { style: "percent" })}`;
  if (ONE_DECIMAL.test(name)) return number(value, { maximumFractionDigits: 1 });
  if (TWO_DECIMALS.test(name)) return number(value, { maximumFractionDigits: 2 });
  if (!SHARES.test(name)) return number(value);
  const share = number(value, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return `${share} (${number(numerator ?? 0)} / ${number(denominator ?? 0)})`;
}

/** To the second below ten minutes, then to the minute. */
function lasting(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  if (minutes === 0) return `${rest} s`;
  if (minutes < 10) return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
  const rounded = Math.round(seconds / 60);
  if (rounded < 60) return `${rounded} min`;
  return `${Math.floor(rounded / 60)} h ${String(rounded % 60).padStart(2, "0")}`;
}

/** What a reader calls a row. */
export function rowName(group: Exclude<Group, null>, name: string, { locale, timezone }: Site): string {
  const words = WORDS[locale];
  const gone = (id: string) => words.gone(id.slice(-6));
  const date = (at: string, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", ...options }).format(
      new Date(at),
    );
  const [first = "", second = ""] = name.split(":");
  switch (group) {
    case "hour": {
      const time = new Intl.DateTimeFormat(locale, {
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
        timeZone: timezone,
      });
      return `${date(name, { timeZone: timezone })}, ${time.format(new Date(name))}`;
    }
    case "day":
      return date(name, { weekday: "short", timeZone: "UTC" });
    case "week":
      return date(name, { timeZone: "UTC" });
    case "campaign":
    case "agent":
      return gone(name);
    case "variant":
      return `${gone(first)} · ${second}`;
    case "canned":
      return `${titleOf(first)} · ${gone(second)}`;
    case "skill":
      return name === "none" ? words.none : name;
    case "channel":
      return name === "unknown" ? words.unknown : name;
    case "device":
      return name in words.devices ? words.devices[name as keyof typeof words.devices] : words.unknown;
    default:
      return group satisfies never;
  }
}

/** What a canned answer is called, by its id. */
export const titleOf = (id: string) => `Answer ${id.slice(id.lastIndexOf("_") + 1)}`;

const IN_ORDER = new Set<Group>(["hour", "day", "week"]);

type CountedOf = (site: Site, group: Group) => ReadonlyMap<string, Figures>;
type Asked = { site: Site; group: Exclude<Group, null>; names: readonly string[]; open: boolean };

/** The lines that the table has to have: times in their order, other rows in that of the alphabet, then the whole. */
export function linesOf(
  { site, group, names }: Asked,
  { rows, whole }: { rows: ReadonlyMap<string, Figures>; whole: Figures },
): Line[] {
  const line = (name: string, figures: Figures, by: Group) =>
    plain([name, ...names.map((kpi) => cellOf(kpi, { figures, group: by, site }))].join(" | "));
  const keys = IN_ORDER.has(group) ? [...rows.keys()].toSorted() : [...rows.keys()];
  const lines = keys.map((key) => line(rowName(group, key, site), rows.get(key) ?? {}, group));
  return [...ordered(group, lines), line(WORDS[site.locale].whole, whole, null)];
}

const ordered = (group: Group, lines: Line[]) => (IN_ORDER.has(group) ? lines : lines.toSorted());

/** The lines of the table on the screen, its figures in the order of `names`. */
export async function readTable(
  page: Page,
  url: string,
  { site, group, names, open }: Asked,
): Promise<Line[]> {
  const query = new URLSearchParams({ from: site.first, to: site.last, kpis: names.join(), by: group });
  if (open) query.set("hours", "business");
  await page.goto(`${url}/admin/${site.key}/figures?${query}&compare=none`);
  const table = page.locator(".figures-table");
  await table.locator("tbody tr").first().waitFor({ timeout: 30_000 });
  const columns = await page
    .locator(".kpi[data-kpi]")
    .evaluateAll((all) => all.map((one) => one.getAttribute("data-kpi")));
  const read = await table.evaluate((element) =>
    [...element.querySelectorAll("tbody tr, tfoot tr")].map((row) => ({
      name: row.querySelector("th")?.firstChild?.textContent ?? "",
      cells: [...row.querySelectorAll("td")].map((cell) => ({
        value: cell.firstChild?.textContent ?? "",
        behind: cell.querySelector(".note")?.textContent ?? "",
      })),
    })),
  );
  const lines = read.map(({ name, cells }) =>
    plain([name, ...names.map((kpi) => textOf(kpi, cells[columns.indexOf(kpi)]))].join(" | ")),
  );
  const whole = lines.pop() ?? "";
  return [...ordered(group, lines), whole];
}

/** A cell as `cellOf` has it. */
function textOf(name: string, cell: { value: string; behind: string } | undefined): string {
  if (cell === undefined) return `no column of ${name}`;
  const { value, behind } = cell;
  if (value === "-" || SECONDS.test(name) || !SHARES.test(name)) return value;
  return `${value} (${/[\d\s.,]+ \/ [\d\s.,]+$/.exec(behind)?.[0].trim()})`;
}

/** Which figures are looked at by what on which site: each once, where some row tells something of it. */
export function pagesOf(
  sites: readonly Site[],
  groups: readonly Exclude<Group, null>[],
  countedOf: CountedOf,
): Asked[] {
  const pages = sites.flatMap((site) =>
    groups.map((group): Asked & { names: string[] } => ({ site, group, names: [], open: false })),
  );
  const all = Object.keys(countedOf(sites[0] as Site, null).get("") ?? {});
  for (const name of all) {
    const free = pages.filter(({ names }) => names.length < MOST_NAMES);
    const telling = free.filter((of) => tells(of, name, countedOf));
    // Of few answers only the whole has enough.
    const shown = telling.length > 0 ? telling : free.filter(({ group }) => !isOfOne(group));
    const least = shown.toSorted((a, b) => a.names.length - b.names.length)[0];
    if (least === undefined) throw new Error(`there is no room for ${name}`);
    least.names.push(name);
  }
  return pages.filter(({ names }) => names.length > 0);
}

/** Whether some row of `name` has more to say than nothing. */
function tells({ site, group }: Asked, name: string, countedOf: CountedOf): boolean {
  if (isOfOne(group) && OF_VISITORS.test(name)) return false;
  return [...countedOf(site, group).values()].some(
    (figures) => figures[name]?.value !== 0 && cellOf(name, { figures, group, site }) !== "-",
  );
}

/** As many as the screen shows at once. */
const MOST_NAMES = 8;
