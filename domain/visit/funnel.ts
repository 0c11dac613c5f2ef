/**
 * How far a visitor has come in the site's funnels, and in the checkout, which every shop has.
 *
 * Shapes  `stepsReached` reads one event; `foldFunnels` counts distinct steps, whatever their order.
 */
import type { Event } from "../events/event.ts";
import type { EpochMs } from "../ids.ts";
import type { Funnel } from "../site/resources.ts";
import { textOf } from "./commerce.ts";
import type { Folded, FunnelStep } from "./state.ts";

/** The funnel that is there where the site defines none of this key. */
export const CHECKOUT = "checkout";
export const CHECKOUT_STEPS = ["cart", "checkout", "delivery", "payment", "order"] as const;
type CheckoutStep = (typeof CHECKOUT_STEPS)[number];

type Told = Pick<Event, "name" | "type" | "page" | "properties">;
type Walked = Pick<Folded, "funnel" | "funnels">;

/** The steps that `event` reaches. */
export function stepsReached(funnels: readonly Funnel[], event: Told): FunnelStep[] {
  const own = funnels.flatMap((funnel) =>
    funnel.steps.flatMap((step, at) =>
      reaches(step, event) ? [{ funnel: funnel.key, step: step.key, at }] : [],
    ),
  );
  const step = funnels.some(({ key }) => key === CHECKOUT) ? null : checkoutStep(event);
  if (step === null) return own;
  // The last to advance is told, and where one event moves both, the site's own funnel is what it asked for.
  return [{ funnel: CHECKOUT, step, at: CHECKOUT_STEPS.indexOf(step) }, ...own];
}

/** `walked` with `steps` reached at `now`. A funnel advances where a step is new to this visit. */
export function foldFunnels(walked: Walked, steps: readonly FunnelStep[] | undefined, now: EpochMs): Walked {
  let { funnel, funnels } = walked;
  for (const { funnel: key, step, at } of steps ?? []) {
    const before = Object.hasOwn(funnels, key) ? funnels[key] : undefined;
    if (before?.reached.includes(step)) continue;
    const furthest = before === undefined || at >= before.at ? { step, at } : before;
    const reached = [...(before?.reached ?? []), step];
    // A row of an older release knows no moments: then the whole funnel of this visit has none.
    const moments = before === undefined ? [] : before.reachedAt;
    const reachedAt = moments === undefined ? {} : { reachedAt: [...moments, now] };
    const after = { reached, ...reachedAt, step: furthest.step, at: furthest.at };
    funnel = key;
    funnels = { ...funnels, [key]: after };
  }
  return { funnel, funnels };
}

function reaches(step: Funnel["steps"][number], event: Told): boolean {
  if (step.event !== null && step.event === event.name) return true;
  const path = event.type === "page" || event.type === "screen" ? event.page?.path : undefined;
  return step.path !== null && path !== undefined && isBelow(path, step.path);
}

/** Whether `path` is `above` or a page below it. */
function isBelow(path: string, above: string): boolean {
  return path === above || path.startsWith(above.endsWith("/") ? above : `${above}/`);
}

function checkoutStep({ name, properties }: Told): CheckoutStep | null {
  switch (name) {
    case "Cart Viewed":
      return "cart";
    case "Checkout Started":
      return "checkout";
    case "Checkout Step Viewed":
    case "Checkout Step Completed":
      return numberedStep(properties);
    case "Order Completed":
      return "order";
    default:
      return null;
  }
}

/** Shops number their steps or name them; GA4's shipping and payment are 2 and 3. */
function numberedStep(properties: Told["properties"]): CheckoutStep {
  const step = (textOf(properties.step) ?? "").toLowerCase();
  if (step === "3" || /pa[iy]e?m|payment/.test(step)) return "payment";
  if (step === "2" || /deliver|shipping|livraison/.test(step)) return "delivery";
  if (textOf(properties.payment_method) !== null) return "payment";
  return textOf(properties.shipping_method) === null ? "checkout" : "delivery";
}
