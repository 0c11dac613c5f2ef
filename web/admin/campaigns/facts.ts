/**
 * The facts that the condition builder offers by name, in the order in which people look for them.
 *
 * A fact that is not here is typed by its dotted path (`signals.*`, `visitor.traits.*`, `event.properties.*` …);
 * nothing about a condition depends on this list.
 */
export type FactType = "number" | "text" | "flag" | "free";
export type FactGroup = "page" | "cart" | "session" | "signals" | "visitor" | "place" | "desk" | "engagement";
export type FactEntry = { path: string; type: FactType; group: FactGroup };

export const FACTS: readonly FactEntry[] = [
  { path: "page.path", type: "text", group: "page" },
  { path: "page.seconds", type: "number", group: "page" },
  { path: "page.scroll", type: "number", group: "page" },
  { path: "page.status", type: "number", group: "page" },
  { path: "page.title", type: "text", group: "page" },
  { path: "page.url", type: "text", group: "page" },
  { path: "page.referrer", type: "text", group: "page" },
  { path: "cart.items", type: "number", group: "cart" },
  { path: "cart.value", type: "number", group: "cart" },
  { path: "cart.views", type: "number", group: "cart" },
  { path: "cart.views_since_add", type: "number", group: "cart" },
  { path: "session.pages", type: "number", group: "session" },
  { path: "session.seconds", type: "number", group: "session" },
  { path: "session.entry_path", type: "text", group: "session" },
  { path: "session.channel", type: "text", group: "session" },
  { path: "funnel.name", type: "text", group: "session" },
  { path: "funnel.step", type: "number", group: "session" },
  { path: "event.name", type: "text", group: "session" },
  { path: "visitor.visits", type: "number", group: "visitor" },
  { path: "visitor.orders", type: "number", group: "visitor" },
  { path: "visitor.lifetime_value", type: "number", group: "visitor" },
  { path: "visitor.identified", type: "flag", group: "visitor" },
  { path: "geo.country", type: "text", group: "place" },
  { path: "geo.city", type: "text", group: "place" },
  { path: "device.type", type: "text", group: "place" },
  { path: "device.language", type: "text", group: "place" },
  { path: "time.hour", type: "number", group: "place" },
  { path: "time.weekday", type: "number", group: "place" },
  { path: "desk.free_slots", type: "number", group: "desk" },
  { path: "desk.wait_seconds", type: "number", group: "desk" },
  { path: "engagement.shown", type: "number", group: "engagement" },
  { path: "engagement.accepted", type: "number", group: "engagement" },
  { path: "engagement.declined", type: "number", group: "engagement" },
];

/** What kind of value `path` has: "free" where only the site knows. */
export function factType(path: string): FactType {
  return FACTS.find((fact) => fact.path === path)?.type ?? "free";
}
