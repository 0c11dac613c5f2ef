/** Where a room's socket opens: on the public host, whoever asks for it. */

/** The `ws(s)` origin that serves `/v1`: PUBLIC_HOST where it has a name, else the host of `url`. */
export function socketOrigin(env: Env, url: string): string {
  const { PUBLIC_HOST } = env as { PUBLIC_HOST: string };
  const { protocol, host } = new URL(url);
  return `${protocol === "https:" ? "wss:" : "ws:"}//${PUBLIC_HOST || host}`;
}

/** The address of the socket of conversation `id`. */
export function socketUrl(env: Env, url: string, id: string): string {
  return `${socketOrigin(env, url)}/v1/conversations/${id}/socket`;
}
