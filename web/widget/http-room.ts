/**
 * The conversation by HTTP, for pages whose network lets no socket through: the same frames under the same ids. Loaded
 * when sockets have failed for a while. Errors as in server.ts.
 */
import type { ServerFrame } from "../../domain/chat/wire.ts";
import { frameOf } from "./frames.ts";
import type { Pending } from "./outbox.ts";
import { type Server, conversationPath, Refused } from "./server.ts";

/** A conversation, how far its log is known, and the message whose turn it is. */
export type Turn = {
  id: string;
  token: string;
  epoch: string | null;
  last: number;
  message: Pending | null;
};

/** Send what waits and fetch what is new, once. `refused` hears of a message that a repeat would not help. */
export async function poll(
  server: Server,
  { id, token, epoch, last, message }: Turn,
  heard: (frame: ServerFrame) => void,
  refused: (client_id: string, code: "too_large" | "closed") => void,
): Promise<void> {
  const path = `${conversationPath(id)}/messages`;
  if (message) {
    try {
      const { client_id, body, kind = "text" } = message;
      const answer = await server.call("POST", path, { client_id, body, kind }, token);
      framesIn([answer]).forEach(heard);
    } catch (failure) {
      // A passing refusal keeps its turn; a final one is the same as on the socket.
      if (!(failure instanceof Refused) || !failure.isFinal) throw failure;
      refused(message.client_id, failure.status === 413 ? "too_large" : "closed");
    }
  }
  const query = new URLSearchParams({ after: String(last), ...(epoch && { epoch }) });
  const answer = await server.call("GET", `${path}?${query}`, undefined, token);
  framesOf(answer, epoch).forEach(heard);
}

/** The frames as the socket would have sent them, behind a `reset` where it cannot go on. */
function framesOf(answer: Record<string, unknown>, before: string | null): ServerFrame[] {
  const events = framesIn(answer["events"]);
  const [first] = events;
  const from = first && "seq" in first ? first.seq : 1;
  const { epoch, head, status } = answer;
  const anew = answer["reset"] === true || before === null;
  return framesIn([
    ...(anew ? [{ type: "reset", epoch, head, from }] : []),
    { type: "state", status, position: null, wait_seconds: null },
    ...events,
  ]);
}

function framesIn(list: unknown): ServerFrame[] {
  return Array.isArray(list) ? list.map(frameOf).filter((one) => one !== null) : [];
}
