/**
 * What every noun of the API has in common: how a router refuses, what a list looks like, how a version is named.
 */
import { OpenAPIHono, type RouteConfig } from "@hono/zod-openapi";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import * as z from "zod";
import type { AppEnv, Caller } from "../env.ts";
import { ApiError } from "../errors.ts";

/** A router whose refusals have the contract's shape. */
export function nounRouter(): OpenAPIHono<AppEnv> {
  const router = new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (!result.success) throw invalid(result.error);
    },
  });
  router.onError(renderError);
  return router;
}

/** What hono and its validators throw, in the contract's words; anything else goes on to `app.onError`. */
export function renderError(error: Error, c: Context<AppEnv>): Response {
  if (error instanceof ApiError) return c.json(error.body(), error.status, error.headers);
  if (error instanceof HTTPException && error.status < 500) {
    const refusal = new ApiError("invalid_json", "the body is not JSON");
    return c.json(refusal.body(), refusal.status);
  }
  throw error;
}

/** The first complaint of `error` as a refusal that names the place. */
export function invalid(error: z.core.$ZodError, under = ""): ApiError {
  const issue = error.issues[0];
  const path = [under, ...(issue?.path ?? [])].filter((part) => part !== "").join(".");
  return new ApiError("invalid", issue?.message ?? "the request is not valid", path === "" ? {} : { path });
}

/** `value` as `schema` reads it, or a 400 that names the place. */
export function parseOrRefuse<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value);
  if (!result.success) throw invalid(result.error);
  return result.data;
}

/** What helpers of a route need of its context, whatever else the route's middleware put there. */
export type Asked = {
  req: { header(name: string): string | undefined; text(): Promise<string> };
  var: { now: number; caller: Caller };
};

const ErrorBody = z.object({
  error: z.object({ code: z.string(), message: z.string(), path: z.string().optional() }),
});
const refusal = (description: string) => ({
  description,
  content: { "application/json": { schema: ErrorBody } },
});

/** The refusals that any route below `/api/sites/{site}` may give. */
export const REFUSALS = {
  400: refusal("The request is not valid; `path` names the place."),
  401: refusal("Nobody is signed in, and no valid API key was sent."),
  403: refusal("The caller's role does not allow this."),
  404: refusal("There is no such thing, or it is not yours."),
};
export const VERSION_REFUSALS = {
  412: refusal("Somebody saved a newer version: read it again."),
  428: refusal("Say which version you change with `If-Match`."),
};

export function jsonContent<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { "application/json": { schema } } };
}

export function jsonBody<T extends z.ZodType>(schema: T) {
  return { required: true, content: { "application/json": { schema } } };
}

/**
 * Describes what a change may carry. The route itself must not validate it: existence and version are judged first,
 * and a partial schema would fill in the defaults of what was not sent.
 */
export function describePatch(router: OpenAPIHono<AppEnv>, route: RouteConfig, schema: z.ZodObject): void {
  const request = {
    ...route.request,
    headers: z.object({ "if-match": z.string() }),
    body: jsonBody(schema.partial()),
  };
  router.openAPIRegistry.registerPath({ ...route, request });
}

export const SitePath = z.object({ site: z.string() });
export const ItemPath = z.object({ site: z.string(), id: z.string() });

export const Page = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export function listOf<T extends z.ZodType>(schema: T) {
  return z.object({ items: z.array(schema), next_cursor: z.string().nullable() });
}

const CursorParts = z.array(z.union([z.string(), z.number()])).max(3);

/** The opaque name of the place after `parts`, the sort key of the last row. */
export function cursorOf(parts: readonly (string | number)[]): string {
  const text = btoa(String.fromCodePoint(...new TextEncoder().encode(JSON.stringify(parts))));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The sort key that `cursor` names; a 400 where it is not one of ours. */
export function readCursor<T extends z.ZodType>(schema: T, cursor: string): z.infer<T> {
  try {
    const bytes = Uint8Array.from(
      atob(cursor.replaceAll("-", "+").replaceAll("_", "/")),
      (character) => character.codePointAt(0) ?? 0,
    );
    return schema.parse(CursorParts.parse(JSON.parse(new TextDecoder().decode(bytes))));
  } catch {
    throw new ApiError("invalid", "this cursor is not one that this list gave", { path: "cursor" });
  }
}

/** A page of `rows`, of which one more than `limit` was read to know whether there is a next page. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => readonly (string | number)[],
  itemOf: (row: Row) => Item,
): { items: Item[]; next_cursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(itemOf), next_cursor: more ? cursorOf(keyOf(last)) : null };
}

export function etag(version: number): string {
  return `"${version}"`;
}

/** Refuses a change of a version that the caller has not seen: 428 without `If-Match`, 412 when stale. */
export function assertVersion(c: Asked, version: number): void {
  const wanted = c.req.header("if-match");
  if (wanted === undefined) {
    throw new ApiError("precondition_required", `send If-Match: ${etag(version)} to change this version`);
  }
  if (wanted.replace(/^W\//, "") !== etag(version) && wanted !== String(version)) {
    throw new ApiError(
      "precondition_failed",
      `this is version ${version} now: read it again, then change it`,
    );
  }
}

/** The body of a change: an object whose keys replace those of what is stored. */
export async function readPatch(c: Pick<Asked, "req">): Promise<Record<string, unknown>> {
  const text = await c.req.text();
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new ApiError("invalid_json", "the body is not JSON");
  }
  return parseOrRefuse(z.record(z.string(), z.unknown()), parsed);
}
