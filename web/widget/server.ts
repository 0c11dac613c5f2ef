/**
 * What the widget asks of Aparté's public HTTP surface, in the visitor's name.
 *
 * Errors  a refusal throws `Refused` with the contract's code; a lost network throws what `fetch` throws.
 */
import type { ServerFrame } from "../../domain/chat/wire.ts";
import type { Locale } from "../shared/i18n.ts";
import type { PageLink } from "../shared/widget-mount.ts";
import { frameOf } from "./frames.ts";
import type { Pending } from "./outbox.ts";

export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
  }
}

export type Availability = { state: "online" | "busy" | "closed"; wait_seconds: number | null; name: string };
export type Opened = {
  id: string;
  token: string;
  socketUrl: string;
  lost: Omit<Availability, "name"> | null;
};
export type Opening = { requestId: string | null; token: string | null; decisionId: string | null };
export type LeftMessage = { request_id: string; email: string; name: string; body: string };
export type Survey = { answer: 1 | 2 | 3; comment: string };

export type Server = ReturnType<typeof serverOf>;

/** The calls of one mounted widget. */
export function serverOf(page: PageLink, locale: Locale) {
  const conversation = (id: string) => `/v1/conversations/${encodeURIComponent(id)}`;
  const call = (method: string, path: string, body?: unknown, token?: string) =>
    request(page.host + path, method, body, token);
  return {
    async availability(): Promise<Availability> {
      const answer = fields(await call("GET", `/v1/availability?key=${encodeURIComponent(page.key)}`));
      return { ...stateIn(answer), name: text(fields(answer["site"])["name"]) };
    },

    /** Open a conversation, or find the one that `token` or `requestId` proves. */
    async open({ requestId, token, decisionId }: Opening): Promise<Opened> {
      const answer = fields(
        await call("POST", "/v1/conversations", {
          writeKey: page.key,
          anonymousId: page.visitor(),
          locale,
          page: { url: location.href, title: document.title.slice(0, 200), view_id: page.viewId() },
          ...(requestId && { request_id: requestId }),
          ...(token && { token }),
          ...(decisionId && { decision_id: decisionId }),
          ...(page.identityToken() && { identity_token: page.identityToken() }),
        }),
      );
      const place = fields(answer["place"]);
      return {
        id: text(fields(answer["conversation"])["id"]),
        token: text(answer["token"]),
        socketUrl: text(answer["socket_url"]),
        // The place that was kept for the invitation is gone: how things stand instead.
        lost: place["held"] === false ? stateIn(place) : null,
      };
    },

    /** The frames after `after` as the socket would have sent them, behind a `reset` where it cannot go on. */
    async frames(id: string, token: string, epoch: string | null, after: number): Promise<ServerFrame[]> {
      const query = new URLSearchParams({ after: String(after), ...(epoch && { epoch }) });
      const answer = fields(await call("GET", `${conversation(id)}/messages?${query}`, undefined, token));
      const events = framesIn(answer["events"]);
      const [first] = events;
      const from = first && "seq" in first ? first.seq : 1;
      const { epoch: now, head, status } = answer;
      const begin = answer["reset"] === true || epoch === null;
      return framesIn([
        ...(begin ? [{ type: "reset", epoch: now, head, from }] : []),
        { type: "state", status, position: null, wait_seconds: null },
        ...events,
      ]);
    },

    /** Post one message by HTTP under its own id; the answer is the socket's `ack` or `error`. */
    async post(id: string, token: string, { client_id, body }: Pending): Promise<ServerFrame[]> {
      const message = { client_id, body, kind: "text" };
      return framesIn([await call("POST", `${conversation(id)}/messages`, message, token)]);
    },

    survey: (id: string, token: string, { answer, comment }: Survey) =>
      call("POST", `${conversation(id)}/survey`, { token, answer, ...(comment && { comment }) }),

    /** Leave a message when nobody is there. Answers its id, the proof of receipt. */
    async leave({ name, ...message }: LeftMessage): Promise<string> {
      const answer = await call("POST", "/v1/messages", {
        writeKey: page.key,
        anonymousId: page.visitor(),
        page: location.href,
        ...message,
        ...(name && { name }),
      });
      return text(fields(answer)["id"]);
    },
  };
}

async function request(
  url: string,
  method: string,
  body: unknown,
  token: string | undefined,
): Promise<unknown> {
  const response = await fetch(url, {
    method,
    credentials: "omit",
    cache: "no-store",
    headers: {
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer: unknown = response.status === 204 ? null : await response.json();
  if (!response.ok) throw new Refused(response.status, text(fields(fields(answer)["error"])["code"]));
  return answer;
}

function framesIn(list: unknown): ServerFrame[] {
  return Array.isArray(list) ? list.map(frameOf).filter((one) => one !== null) : [];
}

/** Whether somebody is there, and how long one would wait. */
function stateIn({ state, wait_seconds: wait }: Record<string, unknown>): Omit<Availability, "name"> {
  return {
    state: state === "closed" || state === "busy" ? state : "online",
    wait_seconds: typeof wait === "number" ? wait : null,
  };
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
