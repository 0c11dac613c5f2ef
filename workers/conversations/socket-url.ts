/** Where a room's socket opens: on the public host, whoever asks for it. */
import { publicOrigin } from "../hosts.ts";

/** The `ws(s)` origin of the public host. */
export function socketOrigin(env: Env, url: string): string {
  return publicOrigin(env, url).replace(/^http/, "ws");
}

/** The address of the socket of conversation `id`. */
export function socketUrl(env: Env, url: string, id: string): string {
  return `${socketOrigin(env, url)}/v1/conversations/${id}/socket`;
}
