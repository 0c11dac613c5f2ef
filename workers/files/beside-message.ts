/**
 * The files that go with a message that is left while nobody is there: brought first, under the id that the message
 * will have, and then named by it. Those that it does not name are gone after a day, like any that nobody showed.
 *
 * Shapes  a message's files are rows of `files` whose place is the message's id; `sent_at` says that it named them.
 */
import type { FileInfo } from "../../domain/chat/content.ts";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { ApiError } from "../errors.ts";
import { receiveFile } from "./receive.ts";

export const MOST_BESIDE_MESSAGE = 10;

export type LeftFile = Pick<FileInfo, "id" | "name" | "type" | "bytes">;

/** Keep the file in `request`'s body for `message`, which is still to be left. */
export function receiveBeside(
  env: Env,
  site: SiteKey,
  message: string,
  request: Request,
  now: EpochMs,
): Promise<FileInfo> {
  const take = async () => {
    const count = await env.DB.prepare(
      "select count(*) as count from files where site = ?1 and conversation_id = ?2",
    )
      .bind(site, message)
      .first<number>("count");
    // Counted with this one in it: of any number at once no more than these are taken.
    if ((count ?? 0) <= MOST_BESIDE_MESSAGE) return { ok: true as const };
    const most = `a message takes at most ${MOST_BESIDE_MESSAGE} files`;
    return { ok: false as const, code: "rate_limited" as const, message: most };
  };
  const sender = { role: "visitor" as const, id: message };
  return receiveFile(env, { site, conversation: message }, { sender, take }, request, now);
}

/** `message` takes `files` with it, each of which was brought for it; the same again changes nothing. */
export async function sendBeside(
  env: Env,
  site: SiteKey,
  message: string,
  files: readonly string[],
  now: EpochMs,
): Promise<void> {
  if (files.length === 0) return;
  const { results } = await env.DB.prepare(
    `update files set sent_at = coalesce(sent_at, ?4)
     where site = ?1 and conversation_id = ?2 and id in (select value from json_each(?3)) returning id`,
  )
    .bind(site, message, JSON.stringify(files), now)
    .all<{ id: string }>();
  const found = new Set(results.map(({ id }) => id));
  const missing = files.findIndex((id) => !found.has(id));
  if (missing !== -1) {
    throw new ApiError("invalid", "bring this file first, for this message", { path: `files.${missing}` });
  }
}

/** What each of `messages` took with it, in the order in which it was brought. */
export async function filesBeside(
  env: Env,
  site: SiteKey,
  messages: readonly string[],
): Promise<ReadonlyMap<string, LeftFile[]>> {
  if (messages.length === 0) return new Map();
  const { results } = await env.DB.prepare(
    `select conversation_id as message, id, name, type, bytes from files
     where site = ?1 and conversation_id in (select value from json_each(?2)) and sent_at is not null
     order by created_at, id`,
  )
    .bind(site, JSON.stringify(messages))
    .all<LeftFile & { message: string }>();
  const files = new Map<string, LeftFile[]>();
  for (const { message, ...file } of results) files.set(message, [...(files.get(message) ?? []), file]);
  return files;
}
