/**
 * Opening a conversation: counted against the site's limits, made once inside the visitor's object, begun in its room.
 *
 * An `anonymousId` is no secret, so alone it never opens an existing conversation: its token, a signed identity or the
 * same request within a minute does.
 */
import * as z from "zod";
import { queuePoints } from "../../domain/desk/queue-points.ts";
import { type Routing, routingOf } from "../../domain/desk/segment-routing.ts";
import { surveyPlan } from "../../domain/site/survey-policy.ts";
import type { PublishedSite } from "../../domain/targeting/campaign.ts";
import { AGENT_INVITATION } from "../../domain/visit/agent-invitation.ts";
import type { Guidance } from "../../domain/visit/conversation.ts";
import { signConversationToken, verifyConversationToken } from "../../durable-objects/conversation-token.ts";
import { sha256Hex } from "../../durable-objects/sha256.ts";
import { ApiError } from "../errors.ts";
import { visitorOf } from "../ingest/visitor-id.ts";
import { verifyIdentity } from "../site/identity.ts";
import type { LiveSite } from "../site/site-config.ts";
import { visitorObject } from "../site/visitor.ts";
import { newConversationId } from "./conversation-id.ts";

const Page = z.union([z.string().max(2_000), z.object({ url: z.string().max(2_000).optional() })]);

export const OpenRequest = z.object({
  anonymousId: z.string().trim().min(1).max(200),
  request_id: z.uuid().nullish(),
  token: z.string().max(4_096).nullish(),
  decision_id: z.string().max(100).nullish(),
  skill: z.string().max(60).nullish(),
  locale: z.string().max(20).nullish(),
  page: Page.nullish(),
  identity_token: z.string().max(4_096).nullish(),
});
export type OpenRequest = z.infer<typeof OpenRequest>;

export type Opened = {
  created: boolean;
  conversation: { id: string; status: "queued" | "open" | "closed" };
  token: string;
  /** What became of the place that was held for the invitation, where the visitor comes from one. */
  place?: Place;
};
/** As `/v1/availability` says it: "busy" means a wait, "closed" that a message can be left. */
export type Place = { held: boolean; state: "online" | "busy" | "closed"; wait_seconds: number | null };

/** What the request, and not its body, says of the caller. */
export type Origin = { address: string; city: string | null; country: string | null; now: number };

/** The conversation that `wanted` may have: the visitor's open one where that is proven, else a new one. */
export async function openConversation(
  env: Env,
  live: LiveSite,
  wanted: OpenRequest,
  from: Origin,
): Promise<Opened> {
  const { site, settings } = live.config;
  const { now } = from;
  const visitor = visitorOf(wanted, false);
  const user = wanted.identity_token ? await verifyIdentity(env, settings, wanted.identity_token) : null;
  const claims = wanted.token ? await verifyConversationToken(env.TOKEN_SECRET, wanted.token, now) : null;
  const proven = claims?.site === site && claims.visitor === visitor ? claims.conversation : null;

  const desk = env.SITE_DESK.getByName(site);
  const address = (await sha256Hex(`${site}:${from.address}`)).slice(0, 32);
  const waitSeconds = await desk.countOpening(visitor, address);
  if (waitSeconds !== null && proven === null) throw tooMany(waitSeconds);

  const request = {
    site,
    visitor,
    requestId: wanted.request_id ?? null,
    conversation: await newConversationId(env.TOKEN_SECRET, site),
    proven: { conversation: proven, user },
    decisionId: wanted.decision_id ?? null,
    now,
  };
  const session = visitorObject(env, site, visitor);
  const begin = ({ conversation, ...guidance }: Guidance & { conversation: string }) =>
    env.CHAT_ROOM.getByName(conversation).open(
      {
        site,
        conversation,
        visitor,
        userId: user,
        verified: user !== null,
        name: null,
        decisionId: wanted.decision_id ?? null,
        ...routeOf(live.config, guidance, wanted.skill ?? null),
        preferredAgent: guidance.lastAgent,
        ...(guidance.isStaff ? { staff: true } : {}),
        locale: wanted.locale ?? null,
        page: (typeof wanted.page === "string" ? wanted.page : wanted.page?.url) ?? null,
        place: [from.city, from.country].filter((part) => part !== null).join(", ") || null,
        idleMinutes: settings.conversation_idle_minutes,
        surveyPlan: surveyPlan(settings.surveys, guidance.surveyedAt, now),
      },
      now,
    );

  let opened = await session.openConversation(request);
  let room = await begin(opened);
  if (!opened.created && room.status === "closed") {
    if (waitSeconds !== null) throw tooMany(waitSeconds);
    opened = await session.openConversation({ ...request, closed: opened.conversation });
    room = await begin(opened);
  }
  if (!opened.created && waitSeconds === null) await desk.uncountOpening(visitor, address);
  const { campaign } = opened;
  const place =
    opened.created && wanted.decision_id && campaign !== null
      ? await keptPlace(env, live, wanted.decision_id, { campaign, asked: wanted.skill ?? null, now })
      : null;

  const { conversation } = opened;
  const token = await signConversationToken(env.TOKEN_SECRET, { site, conversation, visitor }, now);
  return {
    created: opened.created,
    conversation: { id: conversation, status: room.status },
    token,
    ...(place === null ? {} : { place }),
  };
}

/** Whether the place that was held for an invitation is still there, or is again; else what there is instead. */
async function keptPlace(
  env: Env,
  { config }: LiveSite,
  decisionId: string,
  { campaign, asked, now }: { campaign: string; asked: string | null; now: number },
): Promise<Place> {
  const invited = config.campaigns.find(({ id }) => id === campaign);
  const { held, covered, staffed, waitSeconds } = await env.SITE_DESK.getByName(config.site).renewLease({
    decisionId,
    skill: asked ?? invited?.skill ?? null,
    again: invited?.requires_agent === true,
    now,
  });
  if (held) return { held, state: "online", wait_seconds: 0 };
  return { held, state: covered ? "online" : staffed ? "busy" : "closed", wait_seconds: waitSeconds };
}

/**
 * To whom the conversation goes, and before whom: the skill that was asked for, else that of the campaign that invited
 * the visitor and holds a place for it, else that of the visitor's segments; the points of segments, campaign and the
 * visitor's worth.
 */
function routeOf(
  { campaigns, segments, settings }: PublishedSite,
  { segments: held, campaign, worth }: Guidance,
  asked: string | null,
): Routing {
  const routing = routingOf(segments, held);
  const invited = campaigns.find(({ id }) => id === campaign);
  const others = [routing.priority, invited?.priority ?? 0];
  const priority = queuePoints(settings.queue_points, worth, others);
  // Whom an agent asked by hand, that agent answers, whatever their segments would ask for.
  if (campaign === AGENT_INVITATION) return { priority, skill: asked };
  return { priority, skill: asked ?? invited?.skill ?? routing.skill };
}

function tooMany(waitSeconds: number): ApiError {
  return new ApiError("rate_limited", "too many conversations were opened from here; try again later", {
    headers: { "Retry-After": String(waitSeconds) },
  });
}
