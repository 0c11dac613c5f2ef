/**
 * The period that somebody reads by goes along from one reading screen to the next, and waits while they are elsewhere.
 *
 * Shapes  a period is a part of an address, as it was asked; the screens judge it themselves.
 */
import { useLocation } from "preact-iso";
import { useRef } from "preact/hooks";
import { screenPath } from "./site.ts";

const KEPT = ["period", "from", "to"] as const;
/** The screens that are read by a period, by their first part; of funnels, each one of them. */
const READ: readonly string[] = ["", "figures", "agents", "funnels", "journeys"];
const NO_FUNNEL: readonly (string | undefined)[] = [undefined, "new"];

/** Whether the entry that leads to `at` takes the period along. */
export const carriesPeriod = (at: string): boolean => READ.includes(at);

/** The question mark and what an address says of its period; nothing where it says nothing. */
export function periodIn(query: Record<string, string | undefined>): string {
  const said = KEPT.flatMap((key) => {
    const value = query[key];
    return value === undefined || value === "" ? [] : [[key, value]];
  });
  return said.length === 0 ? "" : `?${new URLSearchParams(said)}`;
}

/** Whether the screen at `rest`, its path within the site, shows a period: without one in its address, the usual one. */
export function showsPeriod(rest: string): boolean {
  const [screen = "", one, more] = rest.split("/");
  if (!READ.includes(screen)) return false;
  return screen === "funnels" ? !NO_FUNNEL.includes(one) && more === undefined : true;
}

/** What the entries of the navigation take along: of this screen, or of the last one that had a period. */
export function useCarriedPeriod(site: string): string {
  const { path, query } = useLocation();
  const kept = useRef("");
  const rest = path.slice(screenPath(site).length).replace(/^\/+|\/+$/g, "");
  if (showsPeriod(rest)) kept.current = periodIn(query);
  return kept.current;
}
