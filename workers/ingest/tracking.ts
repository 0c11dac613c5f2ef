/**
 * One request of the tracking API answered whole: what it tells is recorded, what goes wrong takes the contract's
 * shape. Beacons are nearly all requests there are, so the Worker hands them here before its router looks at them;
 * what is written in another way than they are comes through the router to the same answer.
 */
import { MAX_BODY_BYTES, type MessageType } from "../../domain/events/message.ts";
import type { PublishedSite } from "../../domain/targeting/campaign.ts";
import { ApiError, refusalOf } from "../errors.ts";
import { assertAllowedOrigin } from "../site/allowed-origin.ts";
import { type LiveSite, loadSite } from "../site/site-config.ts";
import { acceptBatch, acceptOne } from "./accept.ts";
import { mayPass } from "./address-limit.ts";
import { askedSignals } from "./asked-signals.ts";
import { parseJson, readBody } from "./body.ts";
import { credentialOf, keyIn, userOf } from "./credentials.ts";
import { recordMessages } from "./record.ts";
import { type Origin, originOf } from "./sender.ts";

export const SINGLE: Readonly<Record<string, MessageType>> = {
  track: "track",
  t: "track",
  page: "page",
  p: "page",
  identify: "identify",
  i: "identify",
  alias: "alias",
  a: "alias",
  group: "group",
  g: "group",
  screen: "screen",
  s: "screen",
};

/** A request on its way in; `type` is the route's, null for a batch. */
export type Asked = {
  request: Request;
  env: Env;
  ctx: Pick<ExecutionContext, "waitUntil">;
  now: number;
  decide: boolean;
};
/** `bytes` is how long the body is, unzipped. */
export type Admitted = { body: unknown; bytes: number; live: LiveSite; trusted: boolean; origin: Origin };
type Opened = Pick<Admitted, "live" | "trusted">;

/** Any page may send, and read what is answered. */
export const CROSS_ORIGIN: Readonly<Record<string, string>> = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Expose-Headers": "Retry-After,Aparte-Consent,Aparte-Signals",
};

const TYPES: ReadonlyMap<string, MessageType | null> = new Map<string, MessageType | null>([
  ["batch", null],
  ...Object.entries(SINGLE),
]);
/** `https://host/v1/batch` or `…/v1/batch?decide=1`: what is written otherwise is for the router to read. */
const PLAIN = /^https?:\/\/([^/?#]*)\/v1\/([a-z]+)(\?decide=1)?$/;

/** The answer to `request` if it is a plain one of the tracking API; null where the router must look. */
export function answerBeacon(
  request: Request,
  env: Env,
  ctx: Pick<ExecutionContext, "waitUntil">,
): Promise<Response> | null {
  if (request.method !== "POST") return null;
  const [, host, name = "", asks] = PLAIN.exec(request.url) ?? [];
  const type = TYPES.get(name);
  if (type === undefined || !mayAnswer(env, host)) return null;
  return answerTracking({ request, env, ctx, now: Date.now(), decide: asks !== undefined }, type);
}

/** On two hosts only the public one answers; a name of it that is written otherwise is for the router to judge. */
function mayAnswer(env: Env, host: string | undefined): boolean {
  const { PUBLIC_HOST, APP_HOST } = env as { PUBLIC_HOST: string; APP_HOST: string };
  return APP_HOST === "" || host === PUBLIC_HOST;
}

/** The answer to `asked`, whatever it is; `type` is the route's, null for a batch. */
export async function answerTracking(asked: Asked, type: MessageType | null): Promise<Response> {
  let opened: LiveSite | null = null;
  try {
    const admitted = await admit(asked, (live) => (opened = live));
    const { body, bytes, live, trusted, origin } = admitted;
    const accepted = type === null ? acceptBatch(body, bytes) : acceptOne(body, type);
    const { request, env, ctx, now, decide } = asked;
    const received = { request, origin, live, trusted, decide, now, verified: new Map() };
    const answer = await recordMessages(env, ctx, received, accepted);
    return new Response(JSON.stringify(answer), { headers: headersOf(live, decide) });
  } catch (error) {
    const { body, status, headers } = refusalOf(error, new URL(asked.request.url).pathname);
    const told = opened === null ? CROSS_ORIGIN : toldTo(opened, asked.decide);
    return Response.json(body, { status, headers: { ...told, ...headers } });
  }
}

/** Credentials first: what is foreign is refused before its body is judged. `told` hears whose site it is. */
export async function admit(asked: Asked, told: (live: LiveSite) => void): Promise<Admitted> {
  const { request } = asked;
  const origin = originOf(request);
  const user = userOf(request);
  const early = user === null ? null : await open(asked, origin, user, told);
  const read = await readBody(request, MAX_BODY_BYTES);
  const body = parseJson(read);
  const bytes = read.byteLength;
  if (early !== null) return { body, bytes, origin, ...early };
  const key = keyIn(body);
  if (key === null)
    throw new ApiError("unknown_key", "name the site's write key: Basic user name, or writeKey in the body");
  return { body, bytes, origin, ...(await open(asked, origin, key, told)) };
}

async function open(
  { request, env, ctx, now }: Asked,
  { page }: Origin,
  key: string,
  told: (live: LiveSite) => void,
): Promise<Opened> {
  const credential = await credentialOf(env, key, now);
  const live = credential === null ? null : await loadSite(env, ctx, credential.site, now);
  if (credential === null || live === null) throw new ApiError("unknown_key", "no site has this write key");
  const address = request.headers.get("cf-connecting-ip") ?? "local";
  if (!(await mayPass(env, credential.site, address)))
    throw new ApiError("rate_limited", "too many requests from this address", {
      headers: { "Retry-After": "10" },
    });
  const { allowed_origins: allowed } = live.config.settings;
  // An API key is a secret that no page has; our own page (`/c/{site}`) speaks for every site.
  const own = allowed.length > 0 && page === new URL(request.url).origin;
  if (!credential.trusted && !own) assertAllowedOrigin(page ?? undefined, allowed);
  told(live);
  return { live, trusted: credential.trusted };
}

/** What the beacon is told beside the answer. */
export function toldTo({ config }: LiveSite, decide: boolean): Record<string, string> {
  return {
    ...CROSS_ORIGIN,
    // Where nobody said anything in the page, this tells the beacon whether it may keep the visitor's id.
    "Aparte-Consent": config.settings.default_consent,
    // What it tells at once; other signals wait for its next batch.
    ...(decide ? { "Aparte-Signals": askedSignals(config) } : {}),
  };
}

const known = new WeakMap<PublishedSite, { plain: Headers; deciding: Headers }>();

/** The headers of an answer, made once for each published version. */
function headersOf(live: LiveSite, decide: boolean): Headers {
  let made = known.get(live.config);
  if (made === undefined) {
    const json = { "Content-Type": "application/json" };
    made = {
      plain: new Headers({ ...json, ...toldTo(live, false) }),
      deciding: new Headers({ ...json, ...toldTo(live, true) }),
    };
    known.set(live.config, made);
  }
  return decide ? made.deciding : made.plain;
}
