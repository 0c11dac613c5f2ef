/**
 * A message left for later, when nobody is there to answer: kept in the visitor's object, on its way to D1, with the
 * files that were brought for it.
 */
import * as z from "zod";
import { referenceOf } from "../callbacks/reference.ts";
import { ApiError } from "../errors.ts";
import { MOST_BESIDE_MESSAGE, sendBeside } from "../files/beside-message.ts";
import type { LiveSite } from "../site/site-config.ts";
import { visitorObject } from "../site/visitor.ts";
import { visitorOf } from "./visitor-id.ts";

const LeftMessage = z.object({
  anonymousId: z.string().trim().min(1).max(200),
  request_id: z.uuid(),
  email: z.email().max(254),
  name: z.string().trim().max(120).nullish(),
  body: z.string().trim().min(1).max(8_000),
  page: z.string().max(2_000).nullish(),
  /** Ids of files that were brought for this request. */
  files: z.array(z.string().max(60)).max(MOST_BESIDE_MESSAGE).nullish(),
});

/** The id of the message that is left by the request `requestId`. */
export const messageIdOf = (requestId: string): string => `msg_${requestId}`;

/**
 * Keep the message in `body` and answer the reference by which the visitor may name it; the same `request_id` again
 * changes nothing. 400 for what is not a message.
 */
export async function keepLeftMessage(
  env: Env,
  live: LiveSite,
  body: unknown,
  now: number,
): Promise<{ id: string; reference: string }> {
  const parsed = LeftMessage.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ApiError("invalid", issue?.message ?? "not a message", { path: issue?.path.join(".") ?? "" });
  }
  const { anonymousId, request_id: requestId, email, name, page, body: text, files } = parsed.data;
  const visitor = visitorOf({ anonymousId }, false);
  const { site } = live.config;
  const id = messageIdOf(requestId);
  // Before the message is kept: one that is kept has its files, whatever becomes of this request.
  await sendBeside(env, site, id, files ?? [], now);
  const kept = await visitorObject(env, site, visitor).leaveMessage(site, visitor, {
    table: "left_messages",
    id,
    revision: 1,
    visitor_id: visitor,
    at: now,
    email,
    name: name ?? null,
    body: text,
    page: page ?? null,
  });
  return { ...kept, reference: await referenceOf(site, kept.id) };
}
