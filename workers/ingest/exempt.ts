/**
 * Visitors without consent: counted, and judged from this request alone. No object of their own, no identifier kept,
 * outside every hold-out and every visitor figure.
 */
import type { Event } from "../../domain/events/event.ts";
import type { Message } from "../../domain/events/message.ts";
import { fnv1a32 } from "../../domain/hash/fnv.ts";
import { isoOf } from "../../domain/ids.ts";
import type { CompiledCampaign } from "../../domain/targeting/judge.ts";
import { creativeOf, OFFER_MS } from "../../domain/visit/engage.ts";
import { clocksOf, knownFacts } from "../../domain/visit/known.ts";
import type { Json } from "../../domain/visit/facts.ts";
import { recordEvents } from "../../domain/visit/record.ts";
import { newVisitor } from "../../domain/visit/state.ts";
import { HOUR_MS } from "../../durable-objects/exempt-counter.ts";
import type { Decided } from "./decide.ts";
import { judgeEvents } from "./judging.ts";
import { renderCreative } from "../creative/render.ts";
import type { Received } from "./record.ts";
import { placeOf, senderDevice, senderOf } from "./sender.ts";

const SHARDS = 4;

/** Count the page views among `events` into the site's counter of this hour. Resolves once they are stored. */
export async function countExempt(
  env: Env,
  site: string,
  events: readonly Event[],
  now: number,
): Promise<void> {
  const hour = now - (now % HOUR_MS);
  const views = events.filter((event) => event.type === "page");
  const shards = Map.groupBy(views, (event) => String(fnv1a32(event.id) % SHARDS));
  for (const [shard, group] of shards) {
    const name = `${site}:${hour}:${shard}`;
    const messageIds = group.map((event) => event.id);
    await env.EXEMPT_COUNTER.getByName(name).count({ site, name, hour, shard, messageIds, now });
  }
}

/** What a visitor without consent may be shown: campaigns marked `exempt_ok` that need nobody, from `events` alone. */
export function decideExempt(
  { live, request, origin, now }: Received,
  events: Event[],
  message: Message | null,
): Omit<Decided, "excluded"> {
  const { settings } = live.config;
  const { userAgent, server } = senderOf(
    origin,
    message?.context?.userAgent ?? null,
    settings.admit_headless,
  );
  const locale = message?.context?.locale ?? null;
  const { state } = recordEvents(newVisitor(settings.key, "", now), events, {
    now,
    idleMs: settings.session_idle_minutes * 60_000,
    currency: settings.currency,
    visitId: "",
    device: senderDevice(userAgent, locale),
    place: placeOf(request, server),
    trusted: false,
    provenUser: null,
    globalHoldout: false,
    covered: live.desk.covered,
    freeSlots: live.desk.free_slots,
    version: live.config.version,
    funnels: live.config.funnels,
    test: null,
  });
  const viewId = events.at(-1)?.viewId ?? null;
  const seen = { facts: knownFacts(state, viewId, now), clocks: clocksOf(state, viewId), events, now };
  const verdict = judgeEvents(live, seen, () => now);
  const [first] = verdict.excluded ? [] : verdict.matched.filter((each) => mayShow(each, now));
  const [variant] = first?.campaign.variants ?? [];
  if (first === undefined || variant === undefined) return { decisions: [], wakeAfterMs: null };
  const { campaign } = first;
  const delayMs = (variant.delay_seconds ?? 0) * 1_000;
  const languages = locale === null ? [settings.locale] : [locale, settings.locale];
  const words = creativeOf(campaign, variant.key, languages);
  const decision = {
    id: `dec_exempt_${crypto.randomUUID()}`,
    kind: campaign.kind,
    campaign: campaign.id,
    variant: variant.key,
    // What this request has told is all that there is to say back.
    creative: renderCreative(words, seen.facts as unknown as Record<string, Json>, locale ?? settings.locale),
    ...(delayMs === 0 ? {} : { show_at: isoOf(now + delayMs) }),
    expires_at: isoOf(now + delayMs + OFFER_MS),
  };
  return { decisions: [decision], wakeAfterMs: null };
}

/** A namespace keeps campaigns apart by visitor, and here there is none to tell apart. */
function mayShow({ campaign, schedule }: CompiledCampaign, now: number): boolean {
  const { exempt_ok, requires_agent, namespace } = campaign;
  return exempt_ok && !requires_agent && !namespace && schedule.isOpen(now);
}
