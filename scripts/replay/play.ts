/**
 * Plays sessions against a running Aparté with Segment's released Node client, as it is: one page view and one
 * `Product Viewed` a click, the next click of a session only once the one before was acknowledged.
 *
 * Every `messageId` comes from the file, so a second replay, and every retry, changes nothing.
 */
import { Analytics } from "@segment/analytics-node";
import type { Click, Session } from "./source.ts";

export const PREFIX = "eshop-";
const SHOP = "https://eshop.example";

/** More than a server needs to come back: the client waits up to a minute between its last tries. */
const MAX_RETRIES = 40;
const BATCH_MESSAGES = 40;
const BATCH_WAIT_MS = 30;
const ANSWER_WITHIN_MS = 20_000;

export type PlayOptions = {
  url: string;
  key: string;
  /** Sessions under way at once. */
  concurrency: number;
  /** How many times faster than life; 0 does not wait between clicks. */
  speed: number;
  onClick(): void;
};

export type Played = {
  clicks: number;
  orders: number;
  messages: number;
  requests: number;
  retries: number;
  errors: string[];
  rejected: { code: string; message: string }[];
  /** "campaign variant" → distinct decisions answered. */
  decisions: Map<string, number>;
  latenciesMs: number[];
};

type Answer = {
  decisions?: { id: string; campaign: string; variant: string }[];
  rejected?: { code: string; message: string }[];
};
type Callback = (error: unknown) => void;

/** Play `sessions` to their ends. Never throws for a lost message: it is in `errors`. */
export async function play(sessions: readonly Session[], options: PlayOptions): Promise<Played> {
  const played: Played = {
    clicks: 0,
    orders: 0,
    messages: 0,
    requests: 0,
    retries: 0,
    errors: [],
    rejected: [],
    decisions: new Map(),
    latenciesMs: [],
  };
  const analytics = clientFor(options, played);
  const waiting = sessions.values();
  const player = async () => {
    for (const session of waiting) await playSession(analytics, session, options, played);
  };
  await Promise.all(Array.from({ length: options.concurrency }, player));
  await analytics.closeAndFlush();
  return played;
}

/** The released client; its documented `httpClient` option only watches what passes. */
function clientFor({ url, key }: PlayOptions, played: Played): Analytics {
  const seen = new Set<string>();
  const analytics = new Analytics({
    writeKey: key,
    host: url,
    path: "/v1/batch?decide=1",
    maxRetries: MAX_RETRIES,
    flushAt: BATCH_MESSAGES,
    flushInterval: BATCH_WAIT_MS,
    httpRequestTimeout: ANSWER_WITHIN_MS,
    httpClient: async (address, request) => {
      played.requests += 1;
      if (request.headers["X-Retry-Count"] !== undefined) played.retries += 1;
      const begun = performance.now();
      const answer = await fetch(address, request);
      const text = await answer.text();
      if (answer.ok) {
        played.latenciesMs.push(performance.now() - begun);
        note(JSON.parse(text) as Answer, seen, played);
      }
      const { status, statusText, headers } = answer;
      return { status, statusText, headers, text: () => Promise.resolve(text) };
    },
  });
  return analytics;
}

function note(answer: Answer, seen: Set<string>, played: Played): void {
  played.rejected.push(...(answer.rejected ?? []));
  for (const { id, campaign, variant } of answer.decisions ?? []) {
    if (seen.has(id)) continue; // an open decision stands again in later answers
    seen.add(id);
    const group = `${campaign} ${variant}`;
    played.decisions.set(group, (played.decisions.get(group) ?? 0) + 1);
  }
}

async function playSession(
  analytics: Analytics,
  session: Session,
  options: PlayOptions,
  played: Played,
): Promise<void> {
  const lastsMs = session.clicks.reduce((sum, click) => sum + click.dwellMs, 0);
  let at = Date.now() - lastsMs;
  for (const click of session.clicks) {
    await sendClick(analytics, session, click, new Date(at), played);
    played.clicks += 1;
    options.onClick();
    at += click.dwellMs;
    if (options.speed > 0) await new Promise((wake) => setTimeout(wake, click.dwellMs / options.speed));
  }
}

/** Everything one click says, until it is acknowledged or given up. */
async function sendClick(
  analytics: Analytics,
  session: Session,
  click: Click,
  timestamp: Date,
  played: Played,
): Promise<void> {
  const anonymousId = `${PREFIX}${session.id}`;
  const named = (what: string) => ({
    anonymousId,
    timestamp,
    messageId: `${anonymousId}-${click.number}-${what}`,
  });
  const path = `/${click.category}/${click.model}`;
  const page = { url: `${SHOP}${path}?page=${click.page}`, path, title: click.model };
  const product = { product_id: click.model, category: click.category, price: click.price, currency: "USD" };
  const sends: ((done: Callback) => void)[] = [
    (done) => analytics.page({ ...named("page"), properties: { ...page, page: click.page } }, done),
    (done) =>
      analytics.track(
        { ...named("viewed"), event: "Product Viewed", properties: { ...product, page: click.page } },
        done,
      ),
  ];
  if (click === session.clicks[0]) {
    const traits = { country: session.country };
    sends.unshift((done) => analytics.identify({ ...named("identify"), traits }, done));
  }
  if (session.buys && click === session.clicks.at(-1)) {
    const order = {
      order_id: `${PREFIX}${session.id}`,
      total: click.price,
      revenue: click.price,
      currency: "USD",
      products: [{ ...product, quantity: 1 }],
    };
    sends.push((done) =>
      analytics.track({ ...named("order"), event: "Order Completed", properties: order }, done),
    );
    played.orders += 1;
  }
  const failures = await Promise.all(sends.map(delivered));
  played.messages += sends.length;
  played.errors.push(...failures.filter((failure) => failure !== null));
}

/** What stopped a message for good, or null once it was acknowledged. */
function delivered(send: (done: Callback) => void): Promise<string | null> {
  return new Promise((resolve) => {
    send((error) => resolve(error === undefined || error === null ? null : reasonOf(error)));
  });
}

function reasonOf(error: unknown): string {
  const reason = (error as { reason?: unknown }).reason ?? error;
  return reason instanceof Error ? reason.message : JSON.stringify(reason);
}
