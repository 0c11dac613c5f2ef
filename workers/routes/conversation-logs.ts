/** The stored log of a conversation: chunks of up to 100 events, gzipped JSON, unpacked here for reading and export. */
import { and, asc, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import type { SiteKey } from "../../domain/ids.ts";
import { conversationLogs } from "../../migrations/schema.ts";

export const LogEvent = z.looseObject({
  type: z.string(),
  seq: z.int(),
  at: z.union([z.string(), z.number()]).transform((at) => new Date(at).toISOString()),
});
export type LogEvent = z.infer<typeof LogEvent>;

const Events = z.array(LogEvent);

async function unpack(body: Uint8Array): Promise<LogEvent[]> {
  const bytes = new Uint8Array(body);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return Events.parse(await new Response(stream).json());
}

/** Everything of `conversation` so far: what history has, and while it is open what only its room knows yet. */
export async function readWholeLog(
  env: Env,
  site: SiteKey,
  { id, closedAt }: { id: string; closedAt: number | null },
): Promise<LogEvent[]> {
  const stored = await readLog(env, site, id);
  if (closedAt !== null) return stored;
  const told = await env.CHAT_ROOM.getByName(id).eventsAfter(stored.at(-1)?.seq ?? 0);
  return [...stored, ...Events.parse(JSON.parse(told))];
}

/** Every stored event of `conversation`, in the order of `seq`. */
export async function readLog(env: Env, site: SiteKey, conversation: string): Promise<LogEvent[]> {
  const chunks = await drizzle(env.DB)
    .select({ body: conversationLogs.body })
    .from(conversationLogs)
    .where(and(eq(conversationLogs.site, site), eq(conversationLogs.conversationId, conversation)))
    .orderBy(asc(conversationLogs.chunk));
  const events = await Promise.all(chunks.map(({ body }) => unpack(body)));
  return events.flat();
}
