/** A visit in D1 with its moments, as the queue's consumer leaves one that ended. */
import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import type { Json } from "../../domain/visit/facts.ts";
import { newVisit } from "../../domain/visit/fold.ts";
import { replayOf } from "../../domain/visit/replay.ts";
import type { Moment } from "../../domain/visit/state.ts";
import { gzipBase64 } from "../../durable-objects/gzip.ts";
import { sessions } from "../../migrations/schema.ts";

export type KeptVisit = {
  site: string;
  id: string;
  visitor: string;
  startedAt: number;
  moments: Moment[];
  covered?: boolean;
};

/** A page view of `path`, or another event, at `at`. */
export function moment(
  name: string,
  at: number,
  path: string | null = null,
  properties: Record<string, Json> = {},
): Moment {
  const page = path === null ? null : { url: "", path, title: null, referrer: null, status: null };
  return {
    name,
    type: path === null ? "track" : "page",
    at,
    viewId: path === null ? null : `view-${at}`,
    page,
    properties,
    version: 1,
    freeSlots: 1,
  };
}

export async function rowOf({ site, id, visitor, startedAt, moments, covered = true }: KeptVisit) {
  const visit = newVisit({
    id,
    startedAt,
    arrival: { path: "/", referrer: null, channel: "Direct", utm: {}, searchTerms: null, affiliate: null },
    device: { type: "desktop", browser: "Firefox", os: "Linux", language: "fr-FR" },
    place: { country: "FR", region: null, city: "Lyon" },
    history: { visits: 1, orders: 0, lifetimeValue: 0, identified: false, lastCallOutcome: null },
    recent: moments,
  });
  const replay = Buffer.from(await gzipBase64(JSON.stringify(replayOf(visit))), "base64");
  return {
    site,
    id,
    revision: 2,
    visitorId: visitor,
    startedAt,
    lastAt: moments.at(-1)?.at ?? startedAt,
    endedAt: moments.at(-1)?.at ?? startedAt,
    pages: 1,
    events: moments.length,
    seconds: 1,
    utm: "{}",
    cartValue: 0,
    cartItems: 0,
    globalHoldout: false,
    covered,
    eligible: false,
    replay,
  } satisfies typeof sessions.$inferInsert;
}

export async function keepVisit(visit: KeptVisit): Promise<void> {
  await drizzle(env.DB)
    .insert(sessions)
    .values(await rowOf(visit));
}
