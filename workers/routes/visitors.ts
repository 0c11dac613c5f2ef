/**
 * /api/sites/{site}/visitors/{id} — the visitor as an agent may see them: the present visit, live from its owner, and
 * their history from D1.
 *
 * Without proof of who they are, only the present visit is shown: an anonymous id is no secret. For an agent the proof
 * is that of the conversation at hand. An id of which history knows nothing never wakes an object.
 */
import { createRoute } from "@hono/zod-openapi";
import { and, desc, eq, inArray } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import { isoOf, type SiteKey } from "../../domain/ids.ts";
import { conversations, exposures, identities, orders, sessions } from "../../migrations/schema.ts";
import type { VisitorSnapshot } from "../../domain/visit/snapshot.ts";
import { siteOfConversation } from "../conversations/conversation-id.ts";
import { ApiError } from "../errors.ts";
import { loadSite } from "../site/site-config.ts";
import { conversationOf } from "./conversation-history.ts";
import { ItemPath, REFUSALS, jsonContent, nounRouter } from "./openapi.ts";

const SHOWN = 20;

const Visit = z.object({
  id: z.string(),
  started_at: z.string(),
  last_at: z.string(),
  ended_at: z.string().nullable(),
  pages: z.int(),
  seconds: z.number(),
  entry_path: z.string().nullable(),
  referrer: z.string().nullable(),
  channel: z.string().nullable(),
  device_type: z.string().nullable(),
  country: z.string().nullable(),
  city: z.string().nullable(),
});
const Order = z.object({
  order_id: z.string(),
  at: z.string(),
  total: z.number(),
  currency: z.string(),
  status: z.string(),
});
const Offer = z.object({
  id: z.string(),
  campaign: z.string(),
  variant: z.string(),
  kind: z.string(),
  arm: z.string(),
  eligible_at: z.string(),
  shown: z.boolean(),
  opened: z.boolean(),
  declined: z.boolean(),
});
/** An agent's own invitation, which is no exposure and so not among the offers. */
const AgentInvitation = z.object({
  id: z.string(),
  agent: z.object({ id: z.string(), name: z.string().nullable() }),
  text: z.string().nullable(),
  at: z.string(),
  opened: z.boolean(),
  declined: z.boolean(),
});
const Step = z.looseObject({ at: z.string() });
const Visitor = z.object({
  id: z.string(),
  /** Proven by the site's signature or an API key. */
  verified: z.boolean(),
  user_id: z.string().nullable(),
  /** The visit as its owner knows it now; null once it is forgotten. */
  present: z
    .looseObject({ visits: z.int(), trail: z.array(Step), conversation: z.string().nullable() })
    .nullable(),
  visits: z.array(Visit),
  orders: z.array(Order),
  offers: z.array(Offer),
  /** What agents offered by hand in the present visit. */
  invitations: z.array(AgentInvitation),
  /** The site's currency, for amounts that name none. */
  currency: z.string(),
  conversations: z.array(z.looseObject({ id: z.string(), status: z.string(), created_at: z.string() })),
});

/** The conversation beside which an agent looks: what is proven in it decides what is shown. */
const Beside = z.object({ conversation: z.string().max(200).optional() });

const read = createRoute({
  method: "get",
  path: "/{id}",
  summary: "A visitor: the present visit, and their history where it is proven who they are",
  tags: ["Visitors"],
  request: { params: ItemPath, query: Beside },
  responses: { 200: jsonContent(Visitor, "The visitor"), ...REFUSALS },
});

type Proof = { verified: boolean; userId: string | null; ids: string[] };

/**
 * Who the visitor of `conversation` has proven to be in it: whoever knows an anonymous id may open a conversation
 * under it, so what was proven elsewhere does not count. 404 for a conversation that is not this visitor's.
 */
async function provenIn(env: Env, site: SiteKey, id: string, conversation: string): Promise<string | null> {
  const own = (await siteOfConversation(env.TOKEN_SECRET, conversation)) === site;
  const whose = own ? await env.CHAT_ROOM.getByName(conversation).whose() : null;
  if (whose === null || whose.visitor !== id)
    throw new ApiError("not_found", "this visitor has no such conversation");
  return whose.userId;
}

/** The user whom `id` was last proven to be, at any time. */
async function lastProven(env: Env, site: SiteKey, id: string): Promise<string | null> {
  const row = await drizzle(env.DB)
    .select({ userId: identities.userId })
    .from(identities)
    .where(and(eq(identities.site, site), eq(identities.visitorId, id)))
    .orderBy(desc(identities.at))
    .get();
  return row?.userId ?? null;
}

/** The visitors that history may join with `id`: itself, and for a proven user all that they have been. */
async function proofOf(env: Env, site: SiteKey, id: string, userId: string | null): Promise<Proof> {
  if (userId === null) return { verified: false, userId: null, ids: [id] };
  const linked = await drizzle(env.DB)
    .select({ id: identities.visitorId })
    .from(identities)
    .where(and(eq(identities.site, site), eq(identities.userId, userId)))
    .orderBy(desc(identities.at))
    .limit(SHOWN);
  return { verified: true, userId, ids: [...new Set([id, ...linked.map((row) => row.id)])] };
}

/**
 * 404 unless history knows of `id` at `site`; only then may its object be woken, since asking for an object makes one.
 * Who has just come is announced to history after some seconds, and until then cannot be told from a made-up id.
 */
export async function assertKnown(env: Env, site: SiteKey, id: string): Promise<void> {
  const db = drizzle(env.DB);
  const [visits, chats] = await db.batch([
    db
      .select({ id: sessions.id })
      .from(sessions)
      .where(and(eq(sessions.site, site), eq(sessions.visitorId, id)))
      .limit(1),
    db
      .select({ id: conversations.id })
      .from(conversations)
      .where(and(eq(conversations.site, site), eq(conversations.visitorId, id)))
      .limit(1),
  ]);
  if (visits.length + chats.length > 0) return;
  throw new ApiError(
    "not_found",
    "no visitor of this id is announced here yet; whoever has just come is within seconds: try again in a moment",
  );
}

async function historyOf(env: Env, site: SiteKey, ids: string[], onlyPresent: boolean) {
  const db = drizzle(env.DB);
  const visits = await db
    .select()
    .from(sessions)
    .where(and(eq(sessions.site, site), inArray(sessions.visitorId, ids)))
    .orderBy(desc(sessions.startedAt))
    .limit(onlyPresent ? 1 : SHOWN);
  const since = onlyPresent ? (visits[0]?.startedAt ?? 0) : 0;
  const [bought, offered, talked] = await db.batch([
    db
      .select()
      .from(orders)
      .where(and(eq(orders.site, site), inArray(orders.visitorId, ids)))
      .orderBy(desc(orders.at))
      .limit(SHOWN),
    db
      .select()
      .from(exposures)
      .where(and(eq(exposures.site, site), inArray(exposures.visitorId, ids)))
      .orderBy(desc(exposures.eligibleAt))
      .limit(SHOWN),
    db
      .select()
      .from(conversations)
      .where(and(eq(conversations.site, site), inArray(conversations.visitorId, ids)))
      .orderBy(desc(conversations.createdAt))
      .limit(SHOWN),
  ]);
  return {
    visits,
    bought: bought.filter(({ at }) => at >= since),
    offered: offered.filter(({ eligibleAt }) => eligibleAt >= since),
    talked: talked.filter(({ createdAt }) => createdAt >= since),
  };
}

function visitOf(row: typeof sessions.$inferSelect): z.infer<typeof Visit> {
  return {
    id: row.id,
    started_at: isoOf(row.startedAt),
    last_at: isoOf(row.lastAt),
    ended_at: row.endedAt === null ? null : isoOf(row.endedAt),
    pages: row.pages,
    seconds: row.seconds,
    entry_path: row.entryPath,
    referrer: row.referrer,
    channel: row.channel,
    device_type: row.deviceType,
    country: row.country,
    city: row.city,
  };
}

function offerOf(row: typeof exposures.$inferSelect): z.infer<typeof Offer> {
  return {
    id: row.id,
    campaign: row.campaignId,
    variant: row.variant,
    kind: row.kind,
    arm: row.arm,
    eligible_at: isoOf(row.eligibleAt),
    shown: row.shownAt !== null,
    opened: row.openedAt !== null,
    declined: row.declinedAt !== null,
  };
}

type Owner = { snapshot(): Promise<VisitorSnapshot | null> };

/** The owner's own words; its moments become ISO 8601 as everywhere. Unproven, only the present visit is told. */
function presentOf(snapshot: VisitorSnapshot | null, verified: boolean): z.infer<typeof Visitor>["present"] {
  if (snapshot === null) return null;
  const { visitor: _visitor, engagement: _engagement, last_at, trail, ...rest } = snapshot;
  const told = verified ? rest : { ...rest, ...NOTHING_KNOWN, facts: { ...rest.facts, visitor: STRANGER } };
  return {
    ...told,
    last_at: isoOf(last_at),
    trail: trail.map(({ at, ...step }) => ({ ...step, at: isoOf(at) })),
  };
}

/** What agents offered by hand in the visit that is on. */
function invitationsOf(snapshot: VisitorSnapshot | null, now: number): z.infer<typeof AgentInvitation>[] {
  if (snapshot === null) return [];
  const since = now - (snapshot.facts.session.seconds + 1) * 1_000;
  return snapshot.engagement.flatMap(({ id, by, eligibleAt, openedAt, declinedAt }) =>
    by === undefined || eligibleAt < since
      ? []
      : [
          {
            id,
            agent: { id: by.id, name: by.name },
            text: by.text,
            at: isoOf(eligibleAt),
            opened: openedAt !== null,
            declined: declinedAt !== null,
          },
        ],
  );
}

const NOTHING_KNOWN = { visits: 1, user_id: null, traits: {}, orders: 0, lifetime_value: 0 };
const STRANGER = { visits: 1, orders: 0, lifetime_value: 0, identified: false, traits: {} };

export const visitors = nounRouter();

visitors.openapi(read, async (c) => {
  const { site, id } = c.req.valid("param");
  await assertKnown(c.env, site, id);
  const { conversation } = c.req.valid("query");
  const proven =
    conversation === undefined
      ? await (c.var.role === "admin" ? lastProven(c.env, site, id) : null)
      : await provenIn(c.env, site, id, conversation);
  const { verified, userId, ids } = await proofOf(c.env, site, id, proven);
  // Said plainly, because the platform's type of a call unfolds the facts' JSON without end.
  const owner = c.env.VISITOR_SESSION.getByName(`${site}:${id}`) as unknown as Owner;
  const [snapshot, history, live] = await Promise.all([
    owner.snapshot(),
    historyOf(c.env, site, ids, !verified),
    loadSite(c.env, c.executionCtx, site, c.var.now),
  ]);
  return c.json(
    {
      id,
      verified,
      user_id: userId,
      present: presentOf(snapshot, verified),
      visits: history.visits.map(visitOf),
      orders: history.bought.map(({ orderId, at, total, currency, status }) => ({
        order_id: orderId,
        at: isoOf(at),
        total,
        currency,
        status,
      })),
      offers: history.offered.map(offerOf),
      invitations: invitationsOf(snapshot, c.var.now),
      currency: live?.config.settings.currency ?? "EUR",
      conversations: history.talked.map(conversationOf),
    },
    200,
  );
});
