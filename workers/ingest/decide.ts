/**
 * Judge what the visitor has just done: the compiled campaigns against the facts, and only where one matches, the
 * visitor's object, which decides. What comes back also says when the page should ask again.
 */
import type { Event } from "../../domain/events/event.ts";
import type { Campaign, PublishedSite } from "../../domain/targeting/campaign.ts";
import type { Decision } from "../../domain/targeting/decision.ts";
import { checkLocalGates, type GateAnswer } from "../../domain/targeting/gates.ts";
import {
  type CompiledSite,
  compileSite,
  judge,
  type NotBefore,
  wakeAfterGate,
} from "../../domain/targeting/judge.ts";
import { localTime } from "../../domain/targeting/zone.ts";
import type { Facts } from "../../domain/visit/facts.ts";
import type { Clocks, KnownFacts } from "../../domain/visit/known.ts";
import type { RecordAnswer } from "../../durable-objects/visitor-session.ts";
import type { LiveSite } from "../site/site-config.ts";
import { visitorObject } from "../site/visitor.ts";

/** When only a free agent is missing, the page asks again after this long. */
export const ASK_AGAIN_MS = 15_000;
/** Events of one batch that are judged one by one; more than this no page sends at once. */
const MAX_JUDGED = 20;

export type Question = {
  live: LiveSite;
  visitor: string;
  answer: RecordAnswer;
  /** The events of this request that were new. */
  events: Event[];
  locale: string | null;
  now: number;
};
type Passing = { campaigns: Campaign[]; wakeAfterMs: number | null };
export type Decided = { decisions: Decision[]; wakeAfterMs: number | null };

const compiledSites = new WeakMap<PublishedSite, CompiledSite>();

/** The decision for this moment, if any, and the moment at which time alone could bring one. */
export async function decide(env: Env, question: Question): Promise<Decided> {
  const { live, visitor, answer, locale, now } = question;
  if (answer.open !== null) return { decisions: [answer.open], wakeAfterMs: null };
  if (answer.globalHoldout || answer.sessionId === null) return { decisions: [], wakeAfterMs: null };

  const { site, settings } = live.config;
  const gate = gateFor(question);
  const passableFrom = (campaign: Campaign) => {
    const checked = gate(campaign);
    return checked.ok ? now : checked.until;
  };
  const matched = matches(live, answer.facts, answer.clocks, question.events, now, passableFrom);
  const passing = passingOf(question, matched.ids, gate);
  const wakes = [matched.wakeAfterMs, passing.wakeAfterMs];
  const { eligible, covered } = answer.marked;
  const unmarked = matched.ids.length > 0 && (!eligible || (!covered && live.desk.covered));
  if (passing.campaigns.length === 0 && !unmarked) return { decisions: [], wakeAfterMs: soonest(wakes) };

  const engaged = await visitorObject(env, site, visitor).engage({
    campaigns: passing.campaigns,
    covered: live.desk.covered,
    viewId: question.events.at(-1)?.viewId ?? null,
    timezone: settings.timezone,
    languages: locale === null ? [settings.locale] : [locale, settings.locale],
    now,
  });
  if (engaged.decision !== null) return { decisions: [engaged.decision], wakeAfterMs: null };
  return { decisions: [], wakeAfterMs: soonest([...wakes, engaged.askAgain ? ASK_AGAIN_MS : null]) };
}

type Matched = { ids: string[]; wakeAfterMs: number | null };

/** The live campaigns that are open and hold for one of `events`, in the order in which they may win. */
export function matches(
  live: LiveSite,
  known: KnownFacts,
  clocks: Clocks,
  events: readonly Event[],
  now: number,
  notBefore: NotBefore,
): Matched {
  const compiled = compiledOf(live.config);
  const clock = { ...clocks, now, timezone: compiled.timezone };
  const judged = events.length === 0 ? [null] : events.slice(-MAX_JUDGED);
  const verdicts = judged.map((event) =>
    judge(compiled, completeFacts(known, live, event, now), clock, notBefore),
  );
  const found = new Set(verdicts.flatMap(({ candidates }) => candidates.map(({ campaign }) => campaign)));
  return {
    ids: [...compiled.byId.values()]
      .filter(({ campaign, schedule }) => found.has(campaign.id) && schedule.isOpen(now))
      .map(({ campaign }) => campaign.id),
    wakeAfterMs: soonest(verdicts.map((verdict) => verdict.wakeAfterMs)),
  };
}

/** The visitor's own history, asked of one campaign. */
function gateFor({ live, answer, now }: Question): (campaign: Campaign) => GateAnswer {
  const input = {
    exposures: answer.exposures,
    sessionId: answer.sessionId ?? "",
    openDecision: false,
    globalHoldout: answer.globalHoldout,
    timezone: live.config.settings.timezone,
    now,
  };
  return (campaign) => checkLocalGates(campaign, input);
}

/** Which of the matched campaigns the gates let pass, and when a shut one opens by itself. */
function passingOf(
  { live, answer, events, now }: Question,
  ids: readonly string[],
  gateOf: (campaign: Campaign) => GateAnswer,
): Passing {
  const compiled = compiledOf(live.config);
  const clock = { ...answer.clocks, now, timezone: compiled.timezone };
  const passing: Passing = { campaigns: [], wakeAfterMs: null };
  const facts = completeFacts(answer.facts, live, events.at(-1) ?? null, now);
  for (const id of ids) {
    const campaign = compiled.byId.get(id)?.campaign;
    if (campaign === undefined) continue;
    const gate = gateOf(campaign);
    if (gate.ok) passing.campaigns.push(campaign);
    else if (gate.until !== null) {
      const wake = wakeAfterGate(compiled, id, facts, clock, gate.until);
      passing.wakeAfterMs = soonest([passing.wakeAfterMs, wake]);
    }
  }
  return passing;
}

/** What the visitor's object knows, with the clock on the site's wall, the desk and the event that is judged. */
function completeFacts(
  known: KnownFacts,
  { config, desk }: LiveSite,
  event: Event | null,
  now: number,
): Facts {
  return {
    ...known,
    time: localTime(now, config.settings.timezone),
    desk: {
      covered: desk.covered,
      free_slots: desk.free_slots,
      skills: desk.skills,
      ...(desk.wait_seconds === null ? {} : { wait_seconds: desk.wait_seconds }),
    },
    score: {},
    event: { name: event?.name ?? "Wake", properties: event?.properties ?? {} },
  };
}

/** Campaigns compile once per published version; what cannot be read is skipped whole, and said once. */
function compiledOf(config: PublishedSite): CompiledSite {
  const known = compiledSites.get(config);
  if (known !== undefined) return known;
  const compiled = compileSite(config);
  for (const { campaign, problems } of compiled.unreadable) {
    console.error(
      JSON.stringify({ level: "error", what: "unreadable campaign", site: config.site, campaign, problems }),
    );
  }
  for (const { segment, problems } of compiled.unreadableSegments) {
    console.error(
      JSON.stringify({ level: "error", what: "unreadable segment", site: config.site, segment, problems }),
    );
  }
  compiledSites.set(config, compiled);
  return compiled;
}

function soonest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(0, Math.min(...known));
}
