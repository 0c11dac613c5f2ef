/**
 * Record accepted messages: one call a visitor, without consent a mere count, and the answer that the page waits for.
 *
 * Errors  where any part could not be stored, the whole answer is 429 `unavailable`: the repeat changes nothing.
 */
import type { Event } from "../../domain/events/event.ts";
import type { Message } from "../../domain/events/message.ts";
import { isHeldOut } from "../../domain/experiments/holdout-periods.ts";
import { WAKE_MS } from "../../domain/live/visit-report.ts";
import type { Decision } from "../../domain/targeting/decision.ts";
import { fillDecisions } from "../creative/fill.ts";
import type { RecordAnswer } from "../../durable-objects/visitor-session-call.ts";
import { ApiError } from "../errors.ts";
import { reportVisit } from "../live/report-visit.ts";
import { verifyIdentity } from "../site/identity.ts";
import type { LiveSite } from "../site/site-config.ts";
import { staffWordOf } from "../staff-visits/staff-word.ts";
import { answersTryOut, decideTryOut } from "../try-out/decide-try-out.ts";
import { tryOutIn } from "../try-out/token.ts";
import { type Accepted, type Refused, refusal } from "./accept.ts";
import { hasConsent } from "./consent.ts";
import { type Decided, decide, type Question } from "./decide.ts";
import { countExempt, decideExempt } from "./exempt.ts";
import { eventOf } from "./normalise.ts";
import { recordBatch } from "./record-call.ts";
import { type Origin, placeOf, senderDevice, senderOf } from "./sender.ts";
import { visitorOf } from "./visitor-id.ts";

/** Objects called at the same time: a Worker may have six connections open. */
const AT_ONCE = 6;

export type Received = {
  request: Request;
  origin: Origin;
  live: LiveSite;
  trusted: boolean;
  decide: boolean;
  now: number;
  /** What the identity tokens of this request prove, each looked at once. */
  verified: Map<string, Promise<string | null>>;
};
export type Answer = {
  success: true;
  decisions: Decision[];
  wake_after_ms: number | null;
  rejected: Refused[];
};

type Item = { index: number; message: Message; event: Event };
/** The messages of one visitor, and the user whom they prove him to be. */
type Group = { visitor: string; provenUser: string | null; items: Item[] };
type Outcome = { decisions: Decision[]; wakeAfterMs: number | null; refused: Refused[] };

/** Record `accepted` and answer. */
export async function recordMessages(
  env: Env,
  ctx: Pick<ExecutionContext, "waitUntil">,
  received: Received,
  accepted: Accepted,
): Promise<Answer> {
  const { kept, exempt } = sort(received, accepted);
  try {
    await countExempt(
      env,
      received.live.config.site,
      exempt.map(({ event }) => event),
      received.now,
    );
    const groups = await groupByVisitor(env, received, kept);
    const outcomes = await mapLimited(groups, (group) => recordVisitor(env, ctx, received, group));
    if (received.decide && kept.length === 0 && exempt.length > 0) {
      outcomes.push({
        ...decideExempt(
          received,
          exempt.map(({ event }) => event),
          exempt[0]?.message ?? null,
        ),
        refused: [],
      });
    }
    return {
      success: true,
      decisions: outcomes.flatMap((outcome) => outcome.decisions),
      wake_after_ms: least(outcomes.map((outcome) => outcome.wakeAfterMs)),
      rejected: [...accepted.refused, ...outcomes.flatMap((outcome) => outcome.refused)].toSorted(
        (a, b) => a.index - b.index,
      ),
    };
  } catch (error) {
    if (error instanceof ApiError) throw error;
    console.error(
      JSON.stringify({
        level: "error",
        what: "record",
        site: received.live.config.site,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }),
    );
    throw new ApiError("unavailable", "not everything could be stored; send the same again", {
      headers: { "Retry-After": "1" },
    });
  }
}

/** Bots are kept out before anything else; then consent says which messages may be kept with an identifier. */
function sort(received: Received, accepted: Accepted): { kept: Item[]; exempt: Item[] } {
  const { origin, live, trusted, now } = received;
  const kept: Item[] = [];
  const exempt: Item[] = [];
  const bots = new Map<string | null, boolean>();
  const { settings } = live.config;
  const isBot = (userAgent: string | null): boolean => {
    const bot = bots.get(userAgent) ?? senderOf(origin, userAgent, settings.admit_headless).bot;
    bots.set(userAgent, bot);
    return bot;
  };
  for (const { index, message } of accepted.messages) {
    if (isBot(message.context?.userAgent ?? null) || answersTryOut(message)) continue;
    const item = { index, message, event: eventOf(message, accepted.sentAt, now) };
    (hasConsent(message, origin, settings, trusted) ? kept : exempt).push(item);
  }
  return { kept, exempt };
}

async function groupByVisitor(env: Env, received: Received, items: Item[]): Promise<Group[]> {
  const groups = new Map<string, Group>();
  for (const item of items) {
    const user = await provenUser(env, received, item);
    const { anonymousId, userId } = item.message;
    const visitor = visitorOf({ anonymousId, userId: user ?? userId }, user !== null);
    const group = groups.get(visitor) ?? { visitor, provenUser: null, items: [] };
    group.provenUser ??= user;
    group.items.push(item);
    groups.set(visitor, group);
  }
  return [...groups.values()];
}

async function recordVisitor(
  env: Env,
  ctx: Pick<ExecutionContext, "waitUntil">,
  received: Received,
  { visitor, provenUser: user, items }: Group,
): Promise<Outcome> {
  const { live, request, origin, trusted, now } = received;
  const { settings, site } = live.config;
  const last = items.at(-1);
  if (last === undefined) return { decisions: [], wakeAfterMs: null, refused: [] };
  const events = items.map(({ event }) => event);
  const { userAgent, server } = senderOf(
    origin,
    last.message.context?.userAgent ?? null,
    settings.admit_headless,
  );
  const locale = last.message.context?.locale ?? null;
  const device = senderDevice(userAgent, locale);
  const messages = items.map(({ message }) => message);
  const staff = await staffWordOf(env, live.config, user, messages);
  const answer = await recordBatch(env, live, {
    visitor,
    events,
    viewId: last.event.viewId,
    shows: received.decide && !visitor.startsWith("c:"),
    now,
    device,
    place: placeOf(request, server),
    trusted,
    provenUser: user,
    globalHoldout: isHeldOut(visitor, settings, now),
    test: await tryOutIn(env, site, messages),
    ...(staff === null ? {} : { staff }),
  });
  if (answer.released.length > 0 || answer.conversation !== null) {
    const told = tellDesk(env, live, visitor, answer, events);
    ctx.waitUntil(told);
    // A place that was just turned down may be the one that the next offer needs.
    if (answer.released.length > 0) await told;
  }
  const refused = refusedBy(answer, items);
  if (!received.decide || visitor.startsWith("c:")) return { decisions: [], wakeAfterMs: null, refused };
  const { viewId } = last.event;
  const decided = await decideFor(env, { live, visitor, answer, events, locale, now }, viewId);
  if (answer.reports) reportVisit(env, ctx, live, { visitor, answer, decided, now });
  const proven = user === null ? null : answer.facts;
  const asking = { site, visitor, viewId, proven, locale: locale ?? settings.locale };
  return {
    decisions: await fillDecisions(env, decided.decisions, asking),
    wakeAfterMs: live.desk.watched ? least([decided.wakeAfterMs, WAKE_MS]) : decided.wakeAfterMs,
    refused,
  };
}

/** What the page that asks is to show, for those of the question's events that were new. */
function decideFor(env: Env, question: Question, viewId: string | null): Promise<Decided> {
  const { live, answer, locale, now } = question;
  const events = question.events.filter((event) => answer.fresh.includes(event.id));
  if (answer.test === null && answer.staff) {
    return Promise.resolve({
      decisions: answer.open === null ? [] : [answer.open],
      wakeAfterMs: null,
      excluded: false,
    });
  }
  if (answer.test === null) return decide(env, { ...question, events });
  const { locale: own } = live.config.settings;
  const languages = locale === null ? [own] : [locale, own];
  const { facts, clocks } = answer;
  return decideTryOut(env, live, answer.test, { facts, clocks, events, now, viewId, languages });
}

/** The user that the API key's word or a signed token proves; what a write key says of itself is a claim. */
async function provenUser(env: Env, received: Received, { message }: Item): Promise<string | null> {
  if (received.trusted && message.userId) return message.userId;
  const token = message.context?.identity_token;
  return token ? verifyOnce(env, received, token) : null;
}

/** A page's batch carries the same token in every message. */
function verifyOnce(env: Env, { live, verified }: Received, token: string): Promise<string | null> {
  const known = verified.get(token) ?? verifyIdentity(env, live.config.settings, token);
  verified.set(token, known);
  return known;
}

/** Leases that nobody needs any more go back; the agent of an open conversation sees where the visitor is. */
async function tellDesk(
  env: Env,
  live: LiveSite,
  visitor: string,
  answer: RecordAnswer,
  events: Event[],
): Promise<void> {
  const desk = env.SITE_DESK.getByName(live.config.site);
  for (const decisionId of answer.released) await desk.release(decisionId);
  const page = events.findLast((event) => event.type === "page")?.page;
  if (answer.conversation === null || page === undefined || page === null) return;
  const { conversation } = answer;
  await desk.visitorMoved({ visitor, conversation, page: page.path, title: page.title, at: Date.now() });
}

function refusedBy(answer: RecordAnswer, items: Item[]): Refused[] {
  return answer.rejected.flatMap(({ messageId, ...fault }) => {
    const item = items.find(({ event }) => event.id === messageId);
    return item === undefined ? [] : [refusal(item.index, messageId, fault, `batch.${item.index}`)];
  });
}

async function mapLimited<T, U>(items: readonly T[], run: (item: T) => Promise<U>): Promise<U[]> {
  const results: U[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(run))));
  }
  return results;
}

/** The least of the moments that are known. */
function least(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.min(...known);
}
