/**
 * What the widget asks of Aparté's public HTTP surface, in the visitor's name: how to ask, and whether somebody is there.
 * What only a chat asks is in room-server.ts.
 *
 * Errors  a refusal throws `Refused` with the contract's code; a lost network throws what `fetch` throws.
 */
import type { Action, DeskState } from "../../domain/availability/actions.ts";
import type { Locale } from "../shared/i18n.ts";
import type { PageLink } from "../shared/widget-mount.ts";

export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  /** The whole answer. */
  readonly answer: Fields;
  constructor(status: number, answer: Fields) {
    const code = text(fields(answer["error"])["code"]);
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
    this.answer = answer;
  }

  /** A repeat would not change it. */
  get isFinal(): boolean {
    return this.status < 500 && this.status !== 429;
  }
}

export type Fields = Record<string, unknown>;
/** Whether somebody is there, how long one would wait, and what can be done, in the site's order. */
export type Standing = {
  state: DeskState;
  wait_seconds: number | null;
  position: number | null;
  opens_at: string | null;
  actions: readonly Action[];
  articles: readonly Article[];
};
export type Article = { id: string; title: string };
export type Availability = Standing & { name: string; timezone: string };

export type Server = ReturnType<typeof serverOf>;

/** The calls of one mounted widget. */
export function serverOf(page: PageLink, locale: Locale) {
  /** `path` below the public host; the site's key goes with every question that has no body. */
  const call = (method: string, path: string, body?: unknown, token?: string) =>
    request(page.host + path, method, body, token);
  const ask = (path: string, query: Record<string, string> = {}) =>
    call("GET", `${path}?${new URLSearchParams({ key: page.key, locale, ...query })}`);
  return {
    locale,
    call,
    ask,
    availability: async (): Promise<Availability> => availabilityIn(await ask("/v1/availability")),
  };
}

export const conversationPath = (id: string): string => `/v1/conversations/${encodeURIComponent(id)}`;

async function request(
  url: string,
  method: string,
  body: unknown,
  token: string | undefined,
): Promise<Fields> {
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
  const answer = fields(response.status === 204 ? null : await response.json());
  if (!response.ok) throw new Refused(response.status, answer);
  return answer;
}

/** What an older server offers without saying so. */
const USUAL: Record<DeskState, readonly Action[]> = {
  online: ["chat"],
  busy: ["queue", "message"],
  closed: ["message"],
};

export function availabilityIn(answer: Fields): Availability {
  const site = fields(answer["site"]);
  return { ...standingIn(answer), name: text(site["name"]), timezone: text(site["timezone"]) };
}

export function standingIn(answer: Fields): Standing {
  const { state: told, actions, articles } = answer;
  const state = told === "closed" || told === "busy" ? told : "online";
  return {
    state,
    wait_seconds: number(answer["wait_seconds"]),
    position: number(answer["position"]),
    opens_at: text(answer["opens_at"]) || null,
    actions: Array.isArray(actions) ? actions : USUAL[state],
    articles: Array.isArray(articles) ? articles : [],
  };
}

export function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function number(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
