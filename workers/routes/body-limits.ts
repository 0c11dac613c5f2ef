/**
 * What a body may weigh and how deep it may nest, judged before any route reads it.
 *
 * Depth matters because what is stored is written and read again by recursive code: a kilobyte of brackets must not be
 * able to exhaust a stack.
 */
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";

export const MAX_BODY_BYTES = 512 * 1_024;
export const MAX_BODY_DEPTH = 64;

export const limitBytes = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: () => {
    throw new ApiError("too_large", `a body may have up to ${MAX_BODY_BYTES / 1_024} KB`);
  },
});

/** How deep the brackets of `text` nest, those within strings left out. */
function depthOf(text: string): number {
  let [depth, deepest, inString] = [0, 0, false];
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (inString) {
      if (character === "\\") index += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{" || character === "[") deepest = Math.max(deepest, (depth += 1));
    else if (character === "}" || character === "]") depth -= 1;
  }
  return deepest;
}

export const limitDepth = createMiddleware<AppEnv>(async (c, next) => {
  if (c.req.raw.body !== null && depthOf(await c.req.text()) > MAX_BODY_DEPTH) {
    throw new ApiError("invalid", `a body may nest up to ${MAX_BODY_DEPTH} levels`);
  }
  await next();
});
