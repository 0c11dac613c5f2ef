/** HMAC-SHA256 of `text` under `secret`: how the installation derives what only it can make. */
export async function hmacSha256(secret: string, text: string): Promise<Uint8Array> {
  const bytes = new TextEncoder();
  const hash = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes.encode(secret), hash, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes.encode(text)));
}
