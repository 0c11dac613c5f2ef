/**
 * Files of a conversation: an agent's go up as they are, and what anybody sent is opened by an address that holds
 * for some minutes.
 *
 * Errors  throws `ApiFailure`, code `network` where nothing answered.
 */
import * as z from "zod/mini";
import { ApiFailure, request } from "../../shared/api.ts";

/** As the server takes it at most. */
export const MAX_FILE_BYTES = 10 * 1_024 * 1_024;

const Uploaded = z.object({
  file: z.object({ id: z.string(), name: z.string(), type: z.string(), bytes: z.number() }),
});
export type Uploaded = z.infer<typeof Uploaded>["file"];
const Address = z.object({ url: z.string() });
const Refused = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

type Place = { site: string; conversation: string };

/** Bring `file` into the conversation; it is shown to nobody before a message names it. */
export async function upload(place: Place, file: File, signal: AbortSignal): Promise<Uploaded> {
  const headers = {
    "content-type": file.type === "" ? "application/octet-stream" : file.type,
    "x-file-name": encodeURIComponent(file.name),
  };
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(filesOf(place), { method: "POST", headers, body: file, signal });
    answer = await response.json();
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ApiFailure(0, "network", "no answer from the server");
  }
  if (response.ok) return Uploaded.parse(answer).file;
  const refused = Refused.safeParse(answer);
  const { code, message } = refused.success ? refused.data.error : { code: "unreadable", message: "" };
  throw new ApiFailure(response.status, code, message);
}

/** Ask for the file `id`'s address and open it; the server says that it is to be kept, so this page stays. */
export async function openFile(place: Place, id: string): Promise<void> {
  const answer = await request<unknown>("POST", `${filesOf(place)}/${encodeURIComponent(id)}/url`, {});
  const link = document.createElement("a");
  link.href = Address.parse(answer).url;
  link.download = "";
  link.click();
}

function filesOf({ site, conversation }: Place): string {
  return `/api/sites/${site}/conversations/${encodeURIComponent(conversation)}/files`;
}
