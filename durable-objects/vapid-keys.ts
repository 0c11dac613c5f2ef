/**
 * The key pair with which this installation shows push services who it is (RFC 8292), derived from its secret, so that
 * it is stored nowhere and the same everywhere.
 *
 * Units   keys are base64url: the public one the 65 bytes of a point of P-256, the private one its 32 bytes.
 */
export type VapidKeys = { publicKey: string; privateKey: string };

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;
/** PKCS #8 of a private key of P-256 up to its 32 bytes; the public one follows from them. */
const PKCS8_HEAD = "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420";

const made = new Map<string, Promise<VapidKeys>>();

/** The installation's keys; made once in this isolate. */
export function vapidKeys(secret: string): Promise<VapidKeys> {
  const known = made.get(secret) ?? derive(secret);
  made.set(secret, known);
  return known;
}

async function derive(secret: string): Promise<VapidKeys> {
  const text = new TextEncoder();
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", text.encode(secret), hmac, false, ["sign"]);
  const scalar = new Uint8Array(await crypto.subtle.sign("HMAC", key, text.encode("web-push")));
  const pkcs8 = new Uint8Array([...bytesOf(PKCS8_HEAD), ...scalar]);
  const pair = await crypto.subtle.importKey("pkcs8", pkcs8, ALGORITHM, true, ["sign"]);
  const { x = "", y = "", d = "" } = (await crypto.subtle.exportKey("jwk", pair)) as JsonWebKey;
  const point = new Uint8Array([4, ...fromBase64Url(x), ...fromBase64Url(y)]);
  return { publicKey: toBase64Url(point), privateKey: d };
}

function bytesOf(hex: string): number[] {
  return (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
}

function fromBase64Url(text: string): Uint8Array {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.codePointAt(0) ?? 0);
}

function toBase64Url(bytes: Uint8Array): string {
  const text = btoa(String.fromCodePoint(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
