/**
 * How a password is kept: PBKDF2-SHA256 through WebCrypto, as `pbkdf2-sha256$iterations$salt$hash` in base64url.
 *
 * The platform caps PBKDF2 at 100,000 iterations; the count is stored, so that it can change later.
 */
import { base64UrlOf, bytesOfBase64Url } from "./base64-url.ts";

const ITERATIONS = 100_000;
const SALT_BYTES = 16;
const HASH_BITS = 256;
const PREFIX = "pbkdf2-sha256";

export const MIN_PASSWORD_LENGTH = 10;
export const MAX_PASSWORD_LENGTH = 128;

async function derive(password: string, salt: Uint8Array, iterations: number): Promise<Uint8Array> {
  const bytes = new TextEncoder().encode(password.normalize("NFKC"));
  const key = await crypto.subtle.importKey("raw", bytes, "PBKDF2", false, ["deriveBits"]);
  const algorithm = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, HASH_BITS));
}

export async function hashPassword(password: string): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const hash = await derive(password, salt, ITERATIONS);
  return [PREFIX, ITERATIONS, base64UrlOf(salt), base64UrlOf(hash)].join("$");
}

/** True where `password` is the one that `hash` was made from; false too for a hash of another form. */
export async function verifyPassword({
  hash,
  password,
}: {
  hash: string;
  password: string;
}): Promise<boolean> {
  const [prefix, iterations, salt, expected] = hash.split("$");
  if (prefix !== PREFIX || !iterations || !salt || !expected) return false;
  const actual = await derive(password, bytesOfBase64Url(salt), Number(iterations));
  const wanted = bytesOfBase64Url(expected);
  return wanted.byteLength === actual.byteLength && crypto.subtle.timingSafeEqual(wanted, actual);
}

/** A password nobody chose, for a colleague to be given once: 120 random bits. */
export function randomPassword(): string {
  return base64UrlOf(crypto.getRandomValues(new Uint8Array(15)));
}
