/**
 * Fold moments into a visit: what the visitor has seen, has in the cart, and does right now.
 *
 * Pure, and a function of the moment alone: what was folded once is folded the same again.
 */
import { EMPTY_CART, foldCart, textOf } from "./commerce.ts";
import { type Json, SIGNALS } from "./facts.ts";
import { foldForm } from "./form.ts";
import { foldFunnels } from "./funnel.ts";
import type { EpochMs } from "../ids.ts";
import { type Folded, MAX_VIEWS, type Moment, type PageView, type Visit } from "./state.ts";

/** Back where one was before, from a page that was left within this: it was not what it promised to be. */
export const U_TURN_MS = 10_000;

/** A visit in which nothing has happened yet. */
export function nothingFolded(startedAt: EpochMs): Folded {
  return {
    lastAt: startedAt,
    pages: 0,
    events: 0,
    views: [],
    cart: EMPTY_CART,
    funnel: null,
    funnels: {},
    form: null,
    signals: {},
    sold: { orders: 0, value: 0 },
  };
}

/** A visit as it begins. */
export function newVisit(
  told: Pick<Visit, "id" | "startedAt" | "arrival" | "device" | "place" | "history"> & Partial<Visit>,
): Visit {
  return {
    ...nothingFolded(told.startedAt),
    revision: 0,
    trail: [],
    globalHoldout: false,
    covered: false,
    eligible: false,
    segments: [],
    outcomes: {},
    test: null,
    recent: [],
    base: null,
    ...told,
  };
}

/** `before` after `moment`. The event counts, whatever its name. */
export function fold<T extends Folded>(before: T, moment: Moment): T {
  const { name, properties, at } = moment;
  const { funnel, funnels } = foldFunnels(before, moment.reached, at);
  const counted = {
    ...before,
    funnel,
    funnels,
    lastAt: at,
    events: before.events + 1,
    sold: foldSold(before.sold, moment.sold),
  };
  if (opensView(moment)) {
    const { pages, views, signals } = openView(before, moment);
    return { ...counted, pages, views, signals };
  }
  if (moment.type !== "track") return counted;
  return {
    ...counted,
    cart: foldCart(before.cart, name, properties),
    form: foldForm(before.form, name, properties, at),
    signals: foldSignals(before, moment),
    views: foldScroll(before.views, moment),
  };
}

/** Whether `type` begins a view of a page. */
export function opensView({ type }: Pick<Moment, "type">): boolean {
  return type === "page" || type === "screen";
}

function openView(before: Folded, moment: Moment): Pick<Folded, "pages" | "views" | "signals"> {
  const { at, viewId } = moment;
  const { url = "", path = "", title = null, referrer = null, status = null } = moment.page ?? {};
  const view: PageView = {
    id: viewId ?? "",
    url,
    path,
    title,
    referrer,
    status,
    startedAt: at,
    scroll: 0,
  };
  const views = [...before.views.filter((other) => other.id !== view.id), view].slice(-MAX_VIEWS);
  return {
    pages: before.pages + 1,
    views,
    signals: turnsBack(views, views.length - 1) ? raised(before.signals, "u_turn") : before.signals,
  };
}

/**
 * Whether the view at `index` goes back to the page seen before the previous one, which was left within `U_TURN_MS`.
 * Views that were told in one batch stand at one moment, which says nothing of how long they lasted.
 */
function turnsBack(views: readonly PageView[], index: number): boolean {
  const [first, second, third] = [views[index - 2], views[index - 1], views[index]];
  if (first === undefined || second === undefined || third === undefined) return false;
  const stayed = third.startedAt - second.startedAt;
  return third.path === first.path && third.path !== second.path && stayed > 0 && stayed <= U_TURN_MS;
}

function foldSignals({ signals, views }: Folded, { name, properties, viewId }: Moment): Folded["signals"] {
  const signal = name === "Signal Detected" ? textOf(properties.signal) : null;
  if (signal === null || !SIGNALS.includes(signal)) return signals;
  // The page tells of the turn that was seen here already: it counts once.
  const view = viewId === null ? views.length - 1 : views.findIndex(({ id }) => id === viewId);
  return signal === "u_turn" && turnsBack(views, view) ? signals : raised(signals, signal);
}

function raised(signals: Record<string, number>, signal: string): Record<string, number> {
  return { ...signals, [signal]: (signals[signal] ?? 0) + 1 };
}

function foldScroll(
  views: PageView[],
  moment: { properties: Record<string, Json>; viewId: string | null },
): PageView[] {
  const scroll = moment.properties.scroll;
  if (typeof scroll !== "number" || scroll < 0 || scroll > 100) return views;
  const id = moment.viewId ?? views.at(-1)?.id;
  return views.map((view) => (view.id === id ? { ...view, scroll: Math.max(view.scroll, scroll) } : view));
}

function foldSold(before: Folded["sold"], more: Folded["sold"] | undefined): Folded["sold"] {
  if (more === undefined) return before;
  return { orders: before.orders + more.orders, value: before.value + more.value };
}
