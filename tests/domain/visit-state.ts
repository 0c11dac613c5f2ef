/** Visitors for tests: a visitor in a visit, and the events that happen to him. */
import type { Event, PageContext } from "../../domain/events/event.ts";
import type { EpochMs } from "../../domain/ids.ts";
import { type RecordContext, recordEvents } from "../../domain/visit/record.ts";
import { newVisitor, type VisitorState } from "../../domain/visit/state.ts";

export const NOON = Date.UTC(2026, 10, 23, 11);
const ORIGIN = "https://shop.example";

let count = 0;

/** An event of `type`, named as the server names it. */
export function event(type: Event["type"], name: string, more: Partial<Event> = {}): Event {
  count += 1;
  return {
    id: `message-${count}`,
    type,
    name,
    at: NOON,
    receivedAt: NOON,
    viewId: null,
    page: null,
    properties: {},
    traits: {},
    ...more,
  };
}

/** A page view of `path`, as a view of that name. */
export function pageView(path: string, more: Partial<PageContext> = {}): Event {
  const page: PageContext = {
    url: ORIGIN + path,
    path,
    title: `Title of ${path}`,
    referrer: null,
    searchTerms: null,
    status: null,
    search: {},
    ...more,
  };
  return event("page", "Page Viewed", { viewId: `view-${path}-${count}`, page });
}

export function track(name: string, properties: Event["properties"] = {}, viewId?: string): Event {
  return event("track", name, { properties, viewId: viewId ?? null });
}

/** What the server says beside a batch at `now`. */
export function context(now: EpochMs, more: Partial<RecordContext> = {}): RecordContext {
  return {
    now,
    idleMs: 30 * 60_000,
    currency: "EUR",
    visitId: `ses_${now}`,
    device: { type: "desktop", browser: "Firefox", os: "Linux", language: "fr-FR" },
    place: { country: "FR", region: "Île-de-France", city: "Paris" },
    trusted: false,
    provenUser: null,
    globalHoldout: false,
    covered: false,
    freeSlots: 0,
    version: 1,
    funnels: [],
    test: null,
    ...more,
  };
}

/** A visitor after `events`, a second apart from `start` on. */
export function visitorAfter(
  events: readonly Event[],
  more: Partial<RecordContext> = {},
  start: EpochMs = NOON,
): VisitorState {
  let state = newVisitor("demo", "ada", start);
  events.forEach((one, index) => {
    state = recordEvents(state, [one], context(start + index * 1_000, more)).state;
  });
  return state;
}
