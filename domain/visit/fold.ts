/**
 * Fold events into a visit: what the visitor has seen, has in the cart, and does right now.
 *
 * Pure: `now` is the server's clock, by which dwell times and visits are measured.
 */
import type { Event } from "../events/event.ts";
import type { EpochMs } from "../ids.ts";
import { foldCart, textOf } from "./commerce.ts";
import { type Json, SIGNALS } from "./facts.ts";
import { MAX_TRAIL, MAX_VIEWS, type PageView, type Visit } from "./state.ts";

/** `visit` after `event`. The event counts, whatever its name. */
export function fold(visit: Visit, event: Event, now: EpochMs): Visit {
  const counted = { ...visit, lastAt: now, events: visit.events + 1 };
  if (event.type === "page" || event.type === "screen") return openView(counted, event, now);
  if (event.type !== "track") return counted;
  return {
    ...counted,
    cart: foldCart(counted.cart, event.name, event.properties),
    funnel: foldFunnel(counted.funnel, event.name, event.properties),
    form: foldForm(counted.form, event.name, event.properties, now),
    signals: foldSignals(counted.signals, event.name, event.properties),
    views: foldScroll(counted.views, event),
  };
}

function openView(visit: Visit, event: Event, now: EpochMs): Visit {
  const page = event.page ?? { url: "", path: "", title: null, referrer: null, status: null, search: {} };
  const view: PageView = {
    id: event.viewId ?? event.id,
    url: page.url,
    path: page.path,
    title: page.title,
    referrer: page.referrer,
    status: page.status,
    startedAt: now,
    scroll: 0,
  };
  const step = { at: now, path: page.path, url: page.url, title: page.title };
  return {
    ...visit,
    pages: visit.pages + 1,
    views: [...visit.views.filter((other) => other.id !== view.id), view].slice(-MAX_VIEWS),
    trail: [...visit.trail, step].slice(-MAX_TRAIL),
  };
}

const CHECKOUT = ["Checkout Started", "Checkout Step Viewed", "Checkout Step Completed", "Order Completed"];

function foldFunnel(
  funnel: Visit["funnel"],
  name: string,
  properties: Record<string, Json>,
): Visit["funnel"] {
  if (!CHECKOUT.includes(name)) return funnel;
  const step = textOf(properties.step) ?? name;
  const again = funnel?.name === "checkout" && funnel.step === step;
  return { name: "checkout", step, steps: again ? funnel.steps : (funnel?.steps ?? 0) + 1 };
}

function foldForm(
  form: Visit["form"],
  name: string,
  properties: Record<string, Json>,
  now: EpochMs,
): Visit["form"] {
  if (name === "Form Started") {
    return {
      id: textOf(properties.form_id) ?? "form",
      field: textOf(properties.field),
      startedAt: now,
      refilled: 0,
      abandoned: false,
    };
  }
  return name === "Form Submitted" || name === "Lead Submitted" ? null : form;
}

function foldSignals(
  signals: Record<string, number>,
  name: string,
  properties: Record<string, Json>,
): Record<string, number> {
  const signal = name === "Signal Detected" ? textOf(properties.signal) : null;
  if (signal === null || !SIGNALS.includes(signal)) return signals;
  return { ...signals, [signal]: (signals[signal] ?? 0) + 1 };
}

function foldScroll(views: PageView[], event: Event): PageView[] {
  const scroll = event.properties.scroll;
  if (typeof scroll !== "number" || scroll < 0 || scroll > 100) return views;
  const id = event.viewId ?? views.at(-1)?.id;
  return views.map((view) => (view.id === id ? { ...view, scroll: Math.max(view.scroll, scroll) } : view));
}
