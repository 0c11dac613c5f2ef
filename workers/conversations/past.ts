/**
 * A visitor's past conversations: those that are over and whose text is still kept.
 *
 * Trusts  each conversation's own token, and a signed identity, whose conversations are those in which it was shown. An
 *         `anonymousId` is no secret: alone it is not even asked, and one conversation's token opens no other.
 */
import * as z from "zod";
import { isoOf, type EpochMs, type SiteKey } from "../../domain/ids.ts";
import { signConversationToken, verifyConversationToken } from "../../durable-objects/conversation-token.ts";
import { visitorOf } from "../ingest/visitor-id.ts";
import { verifyIdentity } from "../site/identity.ts";
import type { LiveSite } from "../site/site-config.ts";

const MOST = 20;
const LINE_LENGTH = 160;

export const PastRequest = z.object({
  anonymousId: z.string().trim().min(1).max(200),
  tokens: z.array(z.string().max(4_096)).max(MOST).nullish(),
  identity_token: z.string().max(4_096).nullish(),
});

export type Past = {
  id: string;
  /** Opens this conversation, as its own does. */
  token: string;
  at: string;
  agent: string | null;
  /** The last line that was said. */
  last: string;
};

type Row = { id: string; visitor_id: string; created_at: EpochMs; agent: string | null; tail: string };

const PAST = `with mine (id) as (
    select value from json_each(?2)
    union
    select id from conversations where site = ?1 and user_id = ?3 and visitor_id in (
      select ?4 union select visitor_id from identities where site = ?1 and user_id = ?3)
  )
  select conversations.id, conversations.visitor_id, conversations.created_at, user.name as agent,
    substr(texts.body, -1000) as tail
  from mine
  join conversations on conversations.site = ?1 and conversations.id = mine.id
  join conversation_texts texts on texts.site = ?1 and texts.conversation_id = mine.id
  left join user on user.id = conversations.agent_id
  where conversations.status = 'closed' order by conversations.created_at desc limit ${MOST}`;

/** What of the site's conversations `wanted` proves to be its sender's, the newest first. */
export async function pastConversations(
  env: Env,
  { config: { site, settings } }: LiveSite,
  wanted: z.infer<typeof PastRequest>,
  now: EpochMs,
): Promise<Past[]> {
  const { tokens, identity_token: identity } = wanted;
  const user = identity ? await verifyIdentity(env, settings, identity) : null;
  const own = await Promise.all((tokens ?? []).map((token) => conversationOf(env, site, token, now)));
  const ids = own.filter((id) => id !== null);
  if (user === null && ids.length === 0) return [];
  const { results } = await env.DB.prepare(PAST)
    .bind(site, JSON.stringify(ids), user, visitorOf(wanted, false))
    .all<Row>();
  return Promise.all(
    results.map(async ({ id, visitor_id: visitor, created_at: at, agent, tail }) => ({
      id,
      token: await signConversationToken(env.TOKEN_SECRET, { site, conversation: id, visitor }, now),
      at: isoOf(at),
      agent,
      last: lastLine(tail),
    })),
  );
}

/** An agent's Markdown is read without its marks. */
function lastLine(tail: string): string {
  const line = tail.trim().split("\n").at(-1) ?? "";
  return line.replaceAll(/\*\*|`/g, "").slice(0, LINE_LENGTH);
}

async function conversationOf(env: Env, site: SiteKey, token: string, now: EpochMs): Promise<string | null> {
  const claims = await verifyConversationToken(env.TOKEN_SECRET, token, now);
  return claims?.site === site ? claims.conversation : null;
}
