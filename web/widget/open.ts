/** Opening a conversation, or finding the one that is the visitor's. Errors as in server.ts. */
import type { PageLink } from "../shared/widget-mount.ts";
import { fields, type Server, type Standing, standingIn, text } from "./server.ts";

export type Opened = {
  id: string;
  token: string;
  socketUrl: string;
  lost: Standing | null;
};
export type Opening = { requestId: string | null; token: string | null; decisionId: string | null };

/** The conversation that `token`, `requestId` or a signed identity proves, else a new one. */
export async function openConversation(
  page: PageLink,
  { call, locale }: Server,
  { requestId, token, decisionId }: Opening,
): Promise<Opened> {
  const identity = page.identityToken();
  const answer = await call("POST", "/v1/conversations", {
    writeKey: page.key,
    anonymousId: page.visitor(),
    locale,
    page: { url: location.href, title: document.title.slice(0, 200), view_id: page.viewId() },
    ...(requestId && { request_id: requestId }),
    ...(token && { token }),
    ...(decisionId && { decision_id: decisionId }),
    ...(identity && { identity_token: identity }),
  });
  const place = fields(answer["place"]);
  return {
    id: text(fields(answer["conversation"])["id"]),
    token: text(answer["token"]),
    socketUrl: text(answer["socket_url"]),
    // The place that was kept for the invitation is gone: how things stand instead.
    lost: place["held"] === false ? standingIn(place) : null,
  };
}
