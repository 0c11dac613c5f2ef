/**
 * A message left for later, when nobody is there to answer: kept in the visitor's object, on its way to D1.
 */
import * as z from "zod";
import { referenceOf } from "../callbacks/reference.ts";
import { ApiError } from "../errors.ts";
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
});

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
  const { anonymousId, request_id: id, email, name, page, body: text } = parsed.data;
  const visitor = visitorOf({ anonymousId }, false);
  const { site } = live.config;
  const kept = await visitorObject(env, site, visitor).leaveMessage(site, visitor, {
    table: "left_messages",
    id: `msg_${id}`,
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
