/**
 * The moments at which a visitor may be called back: the hours of calls, cut into slots of equal length.
 *
 * Shapes  slots of one opening begin with it and follow each other; what is left at its end is no slot. None overlaps
 *         another. A call takes its place in every slot that it touches, so that slots may be cut anew at any time.
 * Units   moments are `EpochMs`; a slot's end is exclusive.
 */
import type { EpochMs } from "../ids.ts";
import { PUBLIC_HOLIDAYS } from "../site/days.ts";
import { type OpenDays, readOpenDays } from "../site/open-days.ts";
import type { OpeningHours } from "../site/opening-hours.ts";
import type { SiteSettings } from "../site/settings.ts";
import type { CallbackSettings } from "./settings.ts";

export type Slot = { from: EpochMs; to: EpochMs };

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Of an opening that began so long ago the slots still follow from its beginning. */
const LOOK_BACK_MS = DAY_MS;
/** More than a screen can show; with slots of five minutes all day this is two days. */
export const MAX_SLOTS = 600;

/** Where neither calls nor the site have hours: nobody is called at night. */
const USUAL_HOURS: readonly OpeningHours[] = [
  {
    dayOfWeek: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
    opens: "09:00",
    closes: "18:00",
  },
  { dayOfWeek: [PUBLIC_HOLIDAYS], opens: "00:00", closes: "00:00" },
];

type SiteOfCalls = Pick<SiteSettings, "timezone" | "holidays" | "business_hours" | "callbacks">;

/** The hours in which calls are made: their own, else the site's, else office hours. */
export function callHours(site: SiteOfCalls): OpenDays {
  const { callbacks, business_hours } = site;
  const stated = [callbacks.hours, business_hours].find((hours) => hours.length > 0);
  return readOpenDays(stated ?? USUAL_HOURS, site);
}

/** Every slot that may be booked at `now`, full or not. */
export function slotsFrom(hours: OpenDays, settings: CallbackSettings, now: EpochMs): Slot[] {
  const length = settings.slot_minutes * MINUTE_MS;
  const first = now + settings.lead_minutes * MINUTE_MS;
  const before = now + settings.horizon_days * DAY_MS;
  const slots: Slot[] = [];
  let at = now - LOOK_BACK_MS;
  let free = Number.NEGATIVE_INFINITY;
  for (;;) {
    const opening = hours.next(at, before);
    if (opening === null) return slots;
    for (let from = Math.max(opening.from, free); from + length <= opening.to; from += length) {
      if (from >= before || slots.length >= MAX_SLOTS) return slots;
      free = from + length;
      if (from >= first) slots.push({ from, to: free });
    }
    at = opening.to;
  }
}

/** Those of `slots` in which one more call can be made beside those that are `booked`. */
export function freeSlots(slots: readonly Slot[], booked: readonly Slot[], capacity: number): Slot[] {
  const inOrder = booked.toSorted((a, b) => a.from - b.from);
  let begun = 0;
  let open: Slot[] = [];
  return slots.filter((slot) => {
    for (let next = inOrder[begun]; next !== undefined && next.from < slot.to; next = inOrder[begun]) {
      open.push(next);
      begun += 1;
    }
    open = open.filter(({ to }) => to > slot.from);
    return open.length < capacity;
  });
}
