/**
 * The facts that the condition builder offers by name, in the order in which people look for them.
 *
 * Below the open groups (`visitor.traits.*`, `event.properties.*` …) the site's own names follow, and so does
 * `segment.<key>`; such a fact is typed by its dotted path. Nothing about a condition depends on this list.
 *
 * Shapes  `absent` says what a fact means that is not there: a signal that never came was given zero times, while any
 *         other number is simply not known.
 * Units   `unit` is what stands behind the value; `money` is in the site's currency.
 */
export type FactType = "number" | "text" | "flag" | "free";
export type FactGroup = (typeof FACT_GROUPS)[number];
export type FactUnit = "seconds" | "percent" | "money" | "times" | "share";
export type FactEntry = {
  path: string;
  type: FactType;
  group: FactGroup;
  unit?: FactUnit;
  absent?: "zero";
  /** The only values it can have; `messages` of the editor name them `choice.<path>.<value>`. */
  choices?: readonly (string | number)[];
  /** What a new row asks for. */
  start?: string | number | boolean;
};

export const FACT_GROUPS = [
  "page",
  "cart",
  "session",
  "progress",
  "signals",
  "visitor",
  "place",
  "time",
  "desk",
  "engagement",
  "score",
  "event",
  "segment",
] as const;

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];

const signal = (name: string): FactEntry => ({
  path: `signals.${name}`,
  type: "number",
  group: "signals",
  unit: "times",
  absent: "zero",
});

export const FACTS: readonly FactEntry[] = [
  { path: "page.path", type: "text", group: "page", start: "/" },
  { path: "page.seconds", type: "number", group: "page", unit: "seconds", start: 30 },
  { path: "page.scroll", type: "number", group: "page", unit: "percent", start: 50 },
  { path: "page.title", type: "text", group: "page" },
  { path: "page.url", type: "text", group: "page" },
  { path: "page.referrer", type: "text", group: "page" },
  { path: "page.status", type: "number", group: "page", start: 404 },
  { path: "cart.items", type: "number", group: "cart" },
  { path: "cart.value", type: "number", group: "cart", unit: "money", start: 50 },
  { path: "cart.views", type: "number", group: "cart", unit: "times" },
  { path: "cart.views_since_add", type: "number", group: "cart", unit: "times" },
  { path: "cart.currency", type: "text", group: "cart" },
  { path: "session.pages", type: "number", group: "session", start: 3 },
  { path: "session.seconds", type: "number", group: "session", unit: "seconds", start: 60 },
  { path: "session.entry_path", type: "text", group: "session", start: "/" },
  { path: "session.channel", type: "text", group: "session" },
  { path: "session.search_terms", type: "text", group: "session" },
  { path: "session.affiliate", type: "text", group: "session" },
  { path: "funnel.name", type: "text", group: "progress" },
  { path: "funnel.step", type: "text", group: "progress" },
  { path: "funnel.steps", type: "number", group: "progress" },
  { path: "form.id", type: "text", group: "progress" },
  { path: "form.field", type: "text", group: "progress" },
  { path: "form.seconds", type: "number", group: "progress", unit: "seconds", start: 30 },
  { path: "form.refilled", type: "number", group: "progress", unit: "times" },
  { path: "form.abandoned", type: "flag", group: "progress" },
  signal("hesitation"),
  signal("exit_intent"),
  signal("rage_click"),
  signal("dead_click"),
  signal("u_turn"),
  signal("scroll_thrash"),
  signal("script_error"),
  signal("copy_phone"),
  { path: "visitor.visits", type: "number", group: "visitor", start: 2 },
  { path: "visitor.orders", type: "number", group: "visitor" },
  { path: "visitor.lifetime_value", type: "number", group: "visitor", unit: "money", start: 200 },
  { path: "visitor.identified", type: "flag", group: "visitor" },
  { path: "visitor.last_call_outcome", type: "text", group: "visitor" },
  { path: "device.type", type: "text", group: "place", choices: ["desktop", "mobile", "tablet"] },
  { path: "device.browser", type: "text", group: "place" },
  { path: "device.os", type: "text", group: "place" },
  { path: "device.language", type: "text", group: "place" },
  { path: "geo.country", type: "text", group: "place" },
  { path: "geo.region", type: "text", group: "place" },
  { path: "geo.city", type: "text", group: "place" },
  { path: "time.hour", type: "number", group: "time", start: 9 },
  { path: "time.weekday", type: "number", group: "time", choices: WEEKDAYS },
  { path: "desk.covered", type: "flag", group: "desk" },
  { path: "desk.free_slots", type: "number", group: "desk" },
  { path: "desk.wait_seconds", type: "number", group: "desk", unit: "seconds", start: 60 },
  { path: "engagement.shown", type: "number", group: "engagement", unit: "times" },
  { path: "engagement.accepted", type: "number", group: "engagement", unit: "times" },
  { path: "engagement.declined", type: "number", group: "engagement", unit: "times" },
  { path: "engagement.last_kind", type: "text", group: "engagement" },
  { path: "engagement.seconds_since_last", type: "number", group: "engagement", unit: "seconds", start: 600 },
  { path: "score.purchase", type: "number", group: "score", unit: "share", start: 0.5 },
  { path: "score.abandon", type: "number", group: "score", unit: "share", start: 0.5 },
  { path: "score.uplift", type: "number", group: "score", start: 0 },
  { path: "event.name", type: "text", group: "event" },
];

/** Where the site's own names follow, and what a new one begins with. */
export const OPEN_FACTS = [
  { path: "session.utm", group: "session" },
  { path: "visitor.traits", group: "visitor" },
  { path: "desk.skills", group: "desk" },
  { path: "event.properties", group: "event" },
  { path: "segment", group: "segment" },
] as const satisfies readonly { path: string; group: FactGroup }[];

const BY_PATH: ReadonlyMap<string, FactEntry> = new Map(FACTS.map((fact) => [fact.path, fact]));

/** The fact at `path`, where the list has it. */
export function factAt(path: string): FactEntry | undefined {
  return BY_PATH.get(path);
}

/** What kind of value `path` has: "free" where only the site knows. */
export function factType(path: string): FactType {
  if (path.startsWith("segment.")) return "flag";
  if (path.startsWith("session.utm.")) return "text";
  if (path.startsWith("desk.skills.")) return "number";
  return factAt(path)?.type ?? "free";
}

/** Whether a missing `path` is a zero in earnest. */
export function isZeroWhenAbsent(path: string): boolean {
  return path.startsWith("signals.") || factAt(path)?.absent === "zero";
}
