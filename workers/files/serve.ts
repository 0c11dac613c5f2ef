/**
 * A file on its way out: something to save, never something to show. Whatever it is, a browser that is sent it runs
 * nothing of it, guesses nothing about it and lets no page near it.
 */
import { type FilePlace, keyOf } from "./address.ts";

const ADDRESS_SECONDS = 300;

/** The file at `place`, or null where there is none any more. */
export async function serveFile(env: Env, place: FilePlace): Promise<Response | null> {
  const object = await env.FILES.get(keyOf(place));
  if (object === null) return null;
  const name = decodeURIComponent(object.customMetadata?.["name"] ?? "file");
  return new Response(object.body, {
    headers: {
      "content-type": typeOf(object.httpMetadata?.contentType ?? ""),
      "content-length": String(object.size),
      "content-disposition": disposition(name),
      "content-security-policy": "default-src 'none'; sandbox",
      "x-content-type-options": "nosniff",
      "cache-control": `private, max-age=${ADDRESS_SECONDS}`,
      "referrer-policy": "no-referrer",
      "x-robots-tag": "none",
      // The console and the widget show pictures as pictures; as pages they are not shown. Who has the address has the
      // file: the widget reads what was said in a chat, to send it along with a message.
      "cross-origin-resource-policy": "cross-origin",
      "access-control-allow-origin": "*",
    },
  });
}

function typeOf(type: string): string {
  return type.startsWith("text/") ? `${type}; charset=utf-8` : type || "application/octet-stream";
}

/** RFC 6266: the name as it is for who reads it, in plain letters for who does not. */
function disposition(name: string): string {
  const plain =
    name
      .normalize("NFKD")
      .replaceAll(/[^\w. -]/g, "")
      .trim() || "file";
  const exact = encodeURIComponent(name).replaceAll(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`;
}
