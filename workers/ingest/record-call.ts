/** A batch handed to its visitor's object, as texts (`durable-objects/visitor-session-call.ts`). */
import {
  type Batch,
  readAnswer,
  type RecordAnswer,
  type SiteContext,
} from "../../durable-objects/visitor-session-call.ts";
import type { LiveSite } from "../site/site-config.ts";

const contexts = new WeakMap<LiveSite, string>();

/** Record `batch` in its visitor's object. */
export async function recordBatch(env: Env, live: LiveSite, batch: Batch): Promise<RecordAnswer> {
  const object = env.VISITOR_SESSION.getByName(`${live.config.site}:${batch.visitor}`);
  return readAnswer(await object.record(contextOf(live), JSON.stringify(batch)));
}

/** Written once for each look at the site. */
function contextOf(live: LiveSite): string {
  const known = contexts.get(live);
  if (known !== undefined) return known;
  const { config, desk } = live;
  const { settings, site, version, funnels, leads } = config;
  const context: SiteContext = {
    site,
    idleMs: settings.session_idle_minutes * 60_000,
    currency: settings.currency,
    orderAmount: settings.order_amount,
    contactEvents: settings.contact_events,
    covered: desk.covered,
    freeSlots: desk.free_slots,
    version,
    funnels,
    ...(leads === undefined ? {} : { leadGoals: leads }),
    watched: desk.watched,
  };
  const text = JSON.stringify(context);
  contexts.set(live, text);
  return text;
}
