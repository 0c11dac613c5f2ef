/**
 * /v1/messages/{request_id}/files — files for a message that is about to be left, brought one by one before it.
 *
 * The request's UUID is known to its sender alone until then; the message names those that go with it.
 */
import { Hono } from "hono";
import * as z from "zod";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";
import { receiveBeside } from "../files/beside-message.ts";
import { messageIdOf } from "../ingest/left-message.ts";
import { siteAsked } from "./availability.ts";
import { checkOrigin } from "./conversations.ts";

const RequestId = z.uuid();

export const leftFiles = new Hono<AppEnv>();

leftFiles.post("/messages/:request/files", async (c) => {
  const live = await siteAsked(c);
  checkOrigin(c, live);
  const { site } = live.config;
  const address = c.req.header("cf-connecting-ip") ?? "local";
  // Each is asked about: a file may be as large as thousands of other requests.
  const { success } = await c.env.SIGN_IN_LIMIT.limit({ key: `left-file:${site}:${address}` });
  if (!success) {
    const headers = { "Retry-After": "60" };
    throw new ApiError("rate_limited", "too many files from this address; wait a minute", { headers });
  }
  const request = RequestId.safeParse(c.req.param("request"));
  if (!request.success) throw new ApiError("invalid", "a UUID", { path: "request" });
  const message = messageIdOf(request.data);
  const { id, name, type, bytes } = await receiveBeside(c.env, site, message, c.req.raw, c.var.now);
  return c.json({ file: { id, name, type, bytes } }, 201);
});
