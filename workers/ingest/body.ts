/**
 * A request's body as bytes, whatever its content type says: limited, unzipped where its first bytes are gzip's.
 *
 * Units   `maxBytes` counts after unzipping.
 */
import { ApiError } from "../errors.ts";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/** The bytes of `request`'s body, at most `maxBytes` once unzipped; 413 beyond, 400 for broken gzip. */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const packed = await packedBody(request, maxBytes);
  if (packed[0] !== 0x1f || packed[1] !== 0x8b) return packed;
  const unzipped = new Blob([packed as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream("gzip"));
  try {
    return await collect(unzipped, maxBytes);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError("invalid_json", "the body begins like gzip and cannot be unzipped");
  }
}

/**
 * What says how long it is, and is short enough, is read at once, and no stream is made of it; else piece by piece, no
 * more than is allowed.
 */
async function packedBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const told = Number(request.headers.get("content-length") ?? Number.NaN);
  if (told <= maxBytes) return new Uint8Array(await request.arrayBuffer());
  return request.body === null ? new Uint8Array() : collect(request.body, maxBytes);
}

/** The JSON value in `bytes`; 400 where it is none. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(UTF8.decode(bytes));
  } catch {
    throw new ApiError("invalid_json", "the body is not JSON in UTF-8");
  }
}

async function collect(stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > maxBytes) {
      await reader.cancel();
      throw new ApiError("too_large", `the body is larger than ${maxBytes} bytes`);
    }
    chunks.push(value);
  }
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}
