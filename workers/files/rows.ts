/** What D1 knows of files: which there are, of which conversation, and whether a message shows them. */
import { and, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { FileInfo } from "../../domain/chat/content.ts";
import type { EpochMs } from "../../domain/ids.ts";
import { files as table } from "../../migrations/schema.ts";
import type { FilePlace } from "./address.ts";

function isAt({ site, conversation, file }: FilePlace) {
  return and(eq(table.site, site), eq(table.conversationId, conversation), eq(table.id, file));
}

export async function addRow(env: Env, place: FilePlace, file: FileInfo, now: EpochMs): Promise<void> {
  const { site, conversation: conversationId } = place;
  const { id, name, type, bytes, by } = file;
  const row = { site, conversationId, id, name, type, bytes, byRole: by.role, byId: by.id, createdAt: now };
  await drizzle(env.DB).insert(table).values(row);
}

export async function dropRow(env: Env, place: FilePlace): Promise<void> {
  await drizzle(env.DB).delete(table).where(isAt(place));
}

export async function markSent(env: Env, place: FilePlace, now: EpochMs): Promise<void> {
  await drizzle(env.DB).update(table).set({ sentAt: now }).where(isAt(place));
}
