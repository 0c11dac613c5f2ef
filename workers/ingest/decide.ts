/**
 * Decide one moment of a visitor: judge what was just done, and only where something matched or something new is to be
 * remembered, ask the visitor's object, which decides. What comes back also says when the page should ask again.
 */
import type { Event } from "../../domain/events/event.ts";
import type { Decision } from "../../domain/targeting/decision.ts";
import { hasFreePlace } from "../../domain/desk/free-place.ts";
import { freshNotes, outcomesOf, skillsOf } from "../../domain/visit/engage.ts";
import type { Notes } from "../../domain/visit/notes.ts";
import type { KnownExposure } from "../../domain/visit/state.ts";
import type { RecordAnswer } from "../../durable-objects/visitor-session-call.ts";
import type { EngageAnswer } from "../../durable-objects/visitor-session-engagement.ts";
import type { LiveSite } from "../site/site-config.ts";
import { visitorObject } from "../site/visitor.ts";
import { mayTellAgain, tellAgain, timesTold } from "./agent-wakes.ts";
import { type Gated, judgeWithGates, type Seen, soonest, wakeAfterLosers } from "./judging.ts";

/** When only a free agent is missing, the page asks again after this long. */
export const ASK_AGAIN_MS = 15_000;

export type Question = {
  live: LiveSite;
  visitor: string;
  answer: RecordAnswer;
  /** The events of this request that were new. */
  events: Event[];
  locale: string | null;
  now: number;
};
export type Decided = {
  decisions: Decision[];
  wakeAfterMs: number | null;
  /** In a segment that is left alone. */
  excluded: boolean;
};

/** The decision for this moment, if any, and the moment at which time alone could bring one. */
export async function decide(env: Env, question: Question): Promise<Decided> {
  const { answer } = question;
  if (answer.sessionId === null) return { decisions: [], wakeAfterMs: null, excluded: false };
  const gated = judged(question, seenBy(question), answer.exposures);
  const engaged = await engage(env, question, gated);
  const decision = answer.open ?? engaged?.decision ?? null;
  const { excluded } = gated.verdict;
  if (decision !== null) return { decisions: [decision], wakeAfterMs: null, excluded };
  return { decisions: [], wakeAfterMs: wakeOf(question, gated, engaged), excluded };
}

/** What matches of `seen`, and what the history of engagements says to it. */
function judged(
  { live, visitor, answer, now }: Question,
  seen: Seen,
  exposures: readonly KnownExposure[],
): Gated {
  return judgeWithGates(live, seen, {
    visitor,
    exposures,
    sessionId: answer.sessionId ?? "",
    openDecision: answer.open !== null,
    globalHoldout: answer.globalHoldout,
    pressure: live.config.settings.pressure,
    now,
  });
}

function seenBy({ answer, events, now }: Question): Seen {
  return { facts: answer.facts, clocks: answer.clocks, events, now };
}

/** The same after an engagement that was written just now. */
function seenAfter(question: Question, { kind, eligibleAt }: KnownExposure): Seen {
  const { facts, clocks, ...seen } = seenBy(question);
  const { shown, ...rest } = facts.engagement;
  const engagement = { ...rest, shown: shown + 1, last_kind: kind, seconds_since_last: 0 };
  return { ...seen, facts: { ...facts, engagement }, clocks: { ...clocks, lastEngagementAt: eligibleAt } };
}

/** Ask the visitor's object; null where there is nothing to decide and nothing new to remember. */
async function engage(
  env: Env,
  question: Question,
  { verdict, passing, losers }: Gated,
): Promise<EngageAnswer | null> {
  const { live, visitor, answer, locale, now } = question;
  const { site, settings } = live.config;
  const eligible = verdict.matched.length > 0;
  const free = skillsOf(verdict.matched.map(({ campaign }) => campaign)).filter((skill) =>
    hasFreePlace(live.desk, skill),
  );
  const notes = freshNotes(answer.noted, {
    segments: verdict.segments,
    outcomes: outcomesOf(losers, answer.exposures, now),
  });
  if (passing.length === 0 && isEmpty(notes) && !isUnmarked(answer, eligible, free.length > 0)) return null;
  return visitorObject(env, site, visitor).engage({
    campaigns: passing,
    eligible,
    free,
    notes,
    viewId: answer.view,
    asked: timesTold(viewOf(question)),
    pressure: settings.pressure,
    languages: locale === null ? [settings.locale] : [locale, settings.locale],
    now,
  });
}

function isEmpty({ segments, outcomes }: Notes): boolean {
  return segments.length === 0 && outcomes.length === 0;
}

/** A condition held, and history does not know yet that it did in this visit, or that somebody was there. */
function isUnmarked({ marked }: RecordAnswer, eligible: boolean, covered: boolean): boolean {
  return eligible && (!marked.eligible || (covered && !marked.covered));
}

/** When the page is to ask again, where it is shown nothing. */
function wakeOf(question: Question, gated: Gated, engaged: EngageAnswer | null): number | null {
  const { live, answer } = question;
  if (engaged?.exposure) {
    // A ghost counts like a shown offer: what was to come is judged anew behind it.
    const { exposure } = engaged;
    return judged(question, seenAfter(question, exposure), [...answer.exposures, exposure]).wakeAfterMs;
  }
  const late = wakeAfterLosers(live, seenBy(question), engaged?.losers ?? []);
  return soonest([gated.wakeAfterMs, late, askAgainFor(question, gated, engaged)]);
}

/** Only a free agent is missing: of the campaigns that passed, or by a condition on the desk. */
function askAgainFor(question: Question, { verdict }: Gated, engaged: EngageAnswer | null): number | null {
  const view = viewOf(question);
  const wanted = engaged?.losers.some(({ gate }) => gate === "capacity")
    ? engaged.askAgain
    : verdict.deskMissing && !verdict.excluded && mayTellAgain(view);
  if (!wanted) return null;
  tellAgain(view);
  return ASK_AGAIN_MS;
}

/** The page view that asks, by a name that no other visitor's has. */
function viewOf({ live, visitor, answer }: Question): string {
  return `${live.config.site}:${visitor}:${answer.view}`;
}
