/**
 * What a body may weigh, judged before anything else, and how deep it may nest, judged once it is clear who asks.
 *
 * Depth matters because what is stored is written and read again by recursive code: a kilobyte of brackets must not be
 * able to exhaust a stack.
 */
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";

export const MAX_BODY_BYTES = 512 * 1_024;
export const MAX_BODY_DEPTH = 64;
const PROTOTYPE = "__proto__";

/** What of a body that is too large is still read, so that its sender hears the refusal and not a broken connection. */
const DRAIN_BYTES = 16 * MAX_BODY_BYTES;

/** The whole of `body`; 413 beyond `MAX_BODY_BYTES`. */
async function readWhole(body: ReadableStream<Uint8Array>): Promise<Blob> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size <= MAX_BODY_BYTES) chunks.push(value);
    if (size > DRAIN_BYTES) break;
  }
  if (size <= MAX_BODY_BYTES) return new Blob(chunks as Uint8Array<ArrayBuffer>[]);
  await reader.cancel();
  throw new ApiError("too_large", `a body may have up to ${MAX_BODY_BYTES / 1_024} KB`);
}

/** Files are limited by who receives them, piece by piece. */
const FILE_UPLOAD = /^\/api\/sites\/[^/]+\/conversations\/[^/]+\/files$/;

export const limitBytes = createMiddleware<AppEnv>(async (c, next) => {
  const { raw } = c.req;
  if (raw.body !== null && !FILE_UPLOAD.test(c.req.path)) {
    const { method, headers } = raw;
    c.req.raw = new Request(raw.url, { method, headers, body: await readWhole(raw.body) });
  }
  await next();
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

/** Where in `value` a field is named `__proto__`, which schemas leave out without a word; null where none is. */
function prototypeAt(value: unknown, path = ""): string | null {
  if (typeof value !== "object" || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const here = path === "" ? key : `${path}.${key}`;
    const found = key === PROTOTYPE ? here : prototypeAt(inner, here);
    if (found !== null) return found;
  }
  return null;
}

/** Refuse what is nested too deep, and a name that would vanish: a condition without it means something else. */
export const limitDepth = createMiddleware<AppEnv>(async (c, next) => {
  const isRead = c.req.raw.body !== null && !FILE_UPLOAD.test(c.req.path);
  const text = isRead ? await c.req.text() : "";
  if (depthOf(text) > MAX_BODY_DEPTH) {
    throw new ApiError("invalid", `a body may nest up to ${MAX_BODY_DEPTH} levels`);
  }
  const path = text.includes(PROTOTYPE) ? prototypeAt(jsonOf(text)) : null;
  if (path !== null) throw new ApiError("invalid", `nothing may be named ${PROTOTYPE}`, { path });
  await next();
});

/** The JSON in `text`, or null where it is none: who reads the body says so. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
