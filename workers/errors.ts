/**
 * Every refusal an HTTP route can give, with its status, in the one shape of the contract:
 * `{"error":{"code","message","path"?}}`.
 */
import type { ContentfulStatusCode } from "hono/utils/http-status";

export const STATUS = {
  invalid_json: 400,
  invalid: 400,
  no_valid_message: 400,
  missing_identity: 400,
  unknown_key: 401,
  unauthorized: 401,
  invalid_token: 401,
  origin_not_allowed: 403,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  closed: 409,
  precondition_failed: 412,
  too_large: 413,
  unsupported_type: 415,
  websocket_required: 426,
  precondition_required: 428,
  rate_limited: 429,
  unavailable: 429,
} as const satisfies Record<string, ContentfulStatusCode>;
export type ErrorCode = keyof typeof STATUS;

/** A refusal on its way to the client. Thrown by routes, rendered by `app.onError`; anything else is a bug. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly path: string | undefined;
  readonly headers: Record<string, string>;

  constructor(
    code: ErrorCode,
    message: string,
    extra: { path?: string; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.code = code;
    this.path = extra.path;
    this.headers = extra.headers ?? {};
  }

  get status(): ContentfulStatusCode {
    return STATUS[this.code];
  }

  body(): { error: { code: string; message: string; path?: string } } {
    const { code, message, path } = this;
    return { error: path === undefined ? { code, message } : { code, message, path } };
  }
}

/** What went wrong as the client is told it; a bug is told to the log, and to the client only that there is one. */
export function refusalOf(
  error: unknown,
  path: string,
): { body: ReturnType<ApiError["body"]>; status: ContentfulStatusCode; headers: Record<string, string> } {
  if (error instanceof ApiError) return { body: error.body(), status: error.status, headers: error.headers };
  const stack = error instanceof Error ? error.stack : undefined;
  console.error(JSON.stringify({ level: "error", path, error: String(error), stack }));
  const body = { error: { code: "internal", message: "something failed here; try again" } };
  return { body, status: 500, headers: {} };
}
