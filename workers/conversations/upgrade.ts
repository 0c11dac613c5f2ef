/** The way of a socket through the Worker into an object: nothing that the client says about itself goes with it. */
import { ApiError } from "../errors.ts";

const PARTY_HEADER = /^x-(?:partykit|aparte)-/i;

/** 426 where `request` does not ask for a socket. */
export function requireUpgrade(request: Request): void {
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    throw new ApiError("websocket_required", "this address answers WebSocket upgrades only", {
      headers: { Upgrade: "websocket" },
    });
  }
}

/** `request` as an object may see it: a connection id of ours, no query, cookies or party headers of the client's. */
export function objectRequest(request: Request, headers: Record<string, string> = {}): Request {
  const url = new URL(request.url);
  url.search = `?_pk=${crypto.randomUUID()}`;
  const clean = new Headers(request.headers);
  for (const name of request.headers.keys()) if (PARTY_HEADER.test(name)) clean.delete(name);
  clean.delete("cookie");
  clean.delete("authorization");
  for (const [name, value] of Object.entries(headers)) clean.set(name, value);
  return new Request(url, { method: "GET", headers: clean });
}
