/** The slots in which a visitor of the site can still be called. */
import { callHours, freeSlots, type Slot, slotsFrom } from "../../domain/availability/slots.ts";
import type { EpochMs } from "../../domain/ids.ts";
import type { OpenDays } from "../../domain/site/open-days.ts";
import type { PublishedSite } from "../../domain/targeting/campaign.ts";
import { bookedBetween } from "./book.ts";

const read = new WeakMap<PublishedSite, OpenDays>();

/** Every slot that `config` lets be booked at `now`, full or not; none where it makes no calls. */
export function slotsOf(config: PublishedSite, now: EpochMs): Slot[] {
  const { callbacks } = config.settings;
  if (!callbacks.enabled) return [];
  const hours = read.get(config) ?? callHours(config.settings);
  read.set(config, hours);
  return slotsFrom(hours, callbacks, now);
}

export async function freeSlotsOf(env: Env, config: PublishedSite, now: EpochMs): Promise<Slot[]> {
  const slots = slotsOf(config, now);
  const [first, last] = [slots[0], slots.at(-1)];
  if (first === undefined || last === undefined) return [];
  const booked = await bookedBetween(env, config.site, first.from, last.to);
  return freeSlots(slots, booked, config.settings.callbacks.capacity);
}
