/**
 * Calls to `/api` from console and admin: JSON both ways, the login cookie, and the contract's errors as exceptions.
 */

/** A refusal, or no answer at all (`status` 0, code `network`). */
export class ApiFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly path: string | null;

  constructor(status: number, code: string, message: string, path: string | null = null) {
    super(message);
    this.name = "ApiFailure";
    this.status = status;
    this.code = code;
    this.path = path;
  }
}

export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
export type RequestOptions = {
  /** The `If-Match` version of a PATCH or DELETE. */
  version?: number | string;
  signal?: AbortSignal;
};

/** The answer's JSON (undefined for 204). `path` is absolute from the origin. Throws `ApiFailure`. */
export async function request<T>(
  method: Method,
  path: string,
  body?: unknown,
  { version, signal }: RequestOptions = {},
): Promise<T> {
  const headers = new Headers({ accept: "application/json" });
  if (body !== undefined) headers.set("content-type", "application/json");
  if (version !== undefined) headers.set("if-match", `"${version}"`);

  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiFailure(0, "network", "no answer from the server");
  }
  const json = parse(text);
  if (!response.ok) throw failure(response.status, json);
  return json as T;
}

/** The contract's error in `json`, or the bare status where something else answered. */
function failure(status: number, json: unknown): ApiFailure {
  const error = isRecord(json) && isRecord(json["error"]) ? json["error"] : {};
  const { code, message, path } = error;
  return new ApiFailure(
    status,
    typeof code === "string" ? code : `http_${status}`,
    typeof message === "string" ? message : `the server answered ${status}`,
    typeof path === "string" ? path : null,
  );
}

function parse(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text; // A proxy's page: `failure` then tells the status alone.
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
