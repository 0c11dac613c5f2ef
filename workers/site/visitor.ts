/**
 * A visitor's object, as the Worker calls it.
 *
 * The generated stub type maps every value recursively and gives up on JSON of any depth; what crosses is plain
 * data, so the class's own signatures hold.
 */
import type { SiteKey } from "../../domain/ids.ts";
import type { VisitorSession } from "../../durable-objects/visitor-session.ts";

type Calls =
  | "engage"
  | "openConversation"
  | "conversationClosed"
  | "leaveMessage"
  | "callConcluded"
  | "confirm"
  | "forget"
  | "snapshot"
  | "spoken"
  | "visitTrace";
export type VisitorCalls = {
  [K in Calls]: (...args: Parameters<VisitorSession[K]>) => Promise<Awaited<ReturnType<VisitorSession[K]>>>;
};

export function visitorObject(env: Env, site: SiteKey, visitor: string): VisitorCalls {
  return env.VISITOR_SESSION.getByName(`${site}:${visitor}`) as unknown as VisitorCalls;
}
