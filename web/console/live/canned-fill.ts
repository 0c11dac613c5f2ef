/** A canned answer with its variables filled in for a conversation, by the server, which knows what may be said. */
import * as z from "zod/mini";
import { request } from "../../shared/api.ts";

const Filled = z.object({ text: z.string() });

/** Null where it could not be had. */
export async function fillCanned(site: string, id: string, conversation: string): Promise<string | null> {
  const path = `/api/sites/${site}/canned/${encodeURIComponent(id)}/fill`;
  try {
    return Filled.parse(await request<unknown>("POST", path, { conversation })).text;
  } catch (error) {
    console.warn("a canned answer could not be filled", error);
    return null;
  }
}
