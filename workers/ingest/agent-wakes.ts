/**
 * How often a page view was told to come back for a free agent. Remembered by this isolate only: a count that is lost
 * makes the site patient anew, and nothing else.
 */
import { MAX_AGENT_WAKES } from "../../durable-objects/visitor-session-engagement.ts";

const MAX_VIEWS = 10_000;
const told = new Map<string, number>();

/** How often the page view `view` was told. */
export function timesTold(view: string): number {
  return told.get(view) ?? 0;
}

/** It is told once more. The views that were told longest ago are forgotten. */
export function tellAgain(view: string): void {
  const times = timesTold(view) + 1;
  told.delete(view);
  told.set(view, times);
  const [oldest] = told.keys();
  if (told.size > MAX_VIEWS && oldest !== undefined) told.delete(oldest);
}

export function mayTellAgain(view: string): boolean {
  return timesTold(view) < MAX_AGENT_WAKES;
}
