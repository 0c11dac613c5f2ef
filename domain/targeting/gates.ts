/**
 * The gates between a condition that holds and an offer (`design.md` §3.5), as far as the visitor's own history decides.
 *
 * Order   site-wide hold-out, segments that are left alone, schedule, an engagement that is still open, the campaign's
 *         own caps, the pressure of all campaigns together, what a decline leaves with its kind and with the site,
 *         namespace. They look the same for treated and held-out visitors: a ghost exposure counts in every cap exactly
 *         as a shown one. The memory of a decline is the one difference, since only who saw an offer can decline it.
 * Shapes  `gatesFor` prepares what all campaigns share, once a moment; `checkLocalGates` asks one campaign alone.
 * Units   moments are `EpochMs`; `until` is the earliest moment at which every gate would let pass if nothing else
 *         happens, null when time alone changes nothing.
 */
import { inNamespace } from "../experiments/allocation.ts";
import type { EpochMs } from "../ids.ts";
import type { Pressure } from "../site/settings.ts";
import type { Campaign } from "./campaign.ts";
import type { Exposure } from "./decision.ts";
import type { Gate } from "./outcome.ts";
import type { OpenTimes } from "./schedule.ts";
import { DAY_MS, SECOND_MS } from "./zone.ts";

export type GateAnswer = { ok: true } | { ok: false; gate: Gate; until: EpochMs | null };

export type GatedCampaign = Pick<Campaign, "id" | "kind" | "caps"> & Partial<Pick<Campaign, "namespace">>;

type GatedExposure = Exposure & { sessionId: string };

export type GateInput = {
  visitor: string;
  /** Everything this visitor was eligible for, in both arms. */
  exposures: readonly GatedExposure[];
  sessionId: string;
  /** Whether the visitor's last decision still stands, where the caller knows better than the exposures. */
  openDecision: boolean;
  globalHoldout: boolean;
  /** In a segment that is left alone. */
  excluded: boolean;
  /** What the site allows all its campaigns together. */
  pressure: Pressure;
  now: EpochMs;
};

/** A gate that is shut: which, and from when on it stays open if nothing else happens. */
type Shut = { gate: Gate; until: EpochMs | null };

type Counted = Pick<Pressure, "per_session" | "per_visitor" | "per_days" | "cooldown_seconds">;

const NEVER = Number.NEGATIVE_INFINITY;

/** Whether every local gate lets `campaign` pass now, else the first that does not. */
export function checkLocalGates(campaign: GatedCampaign, schedule: OpenTimes, input: GateInput): GateAnswer {
  return gatesFor(input)(campaign, schedule);
}

/** The gates of one visitor at one moment, cheap to ask for many campaigns. */
export function gatesFor(input: GateInput): (campaign: GatedCampaign, schedule: OpenTimes) => GateAnswer {
  const { exposures, sessionId, now } = input;
  const before = alwaysFirst(input);
  const open = openEngagement(input);
  const crowded = countedOut("site_", input.pressure, exposures, sessionId, now);
  const declinedAt = lastDeclines(exposures);
  const byCampaign = Map.groupBy(exposures, ({ campaign }) => campaign);

  return (campaign, schedule) => {
    const { caps, kind } = campaign;
    const own = byCampaign.get(campaign.id) ?? [];
    const { after_decline_kind_days, after_decline_site_days } = input.pressure;
    const shut = [
      ...before,
      ...closedNow(schedule, now),
      ...open,
      ...countedOut("", caps, own, sessionId, now),
      ...resting("after_decline", declinedAt.campaigns.get(campaign.id), caps.after_decline_days, now),
      ...crowded,
      ...resting("kind_after_decline", declinedAt.kinds.get(kind), after_decline_kind_days, now),
      ...resting("site_after_decline", declinedAt.site, after_decline_site_days, now),
      ...outsideNamespace(campaign, input.visitor),
    ];
    const [first] = shut;
    if (first === undefined) return { ok: true };
    return { ok: false, gate: first.gate, until: passableFrom(shut, schedule) };
  };
}

/** Every gate but the schedule stays open once it is, so the last to open decides, and then the schedule. */
function passableFrom(shut: readonly Shut[], schedule: OpenTimes): EpochMs | null {
  let last = NEVER;
  for (const { until } of shut) {
    if (until === null) return null;
    last = Math.max(last, until);
  }
  return schedule.openFrom(last);
}

function alwaysFirst({ globalHoldout, excluded }: GateInput): Shut[] {
  if (globalHoldout) return [{ gate: "global_holdout", until: null }];
  return excluded ? [{ gate: "excluded", until: null }] : [];
}

function closedNow(schedule: OpenTimes, now: EpochMs): Shut[] {
  const until = schedule.openFrom(now);
  return until === now ? [] : [{ gate: "schedule", until }];
}

/** One engagement at a time: an unanswered one, shown or ghost, blocks every other until it expires. */
function openEngagement({ exposures, openDecision, now }: GateInput): Shut[] {
  const ends = exposures.filter((exposure) => isOpen(exposure, now)).map(({ expiresAt }) => expiresAt);
  if (ends.length > 0) return [{ gate: "open_decision", until: Math.max(...ends) }];
  return openDecision ? [{ gate: "open_decision", until: null }] : [];
}

/** Whether `exposure` still waits for its answer at `at`. */
export function isOpen(exposure: Exposure, at: EpochMs): boolean {
  const { openedAt, declinedAt, ignoredAt, expiresAt } = exposure;
  return openedAt === null && declinedAt === null && ignoredAt === null && expiresAt > at;
}

/** What counting `exposures` forbids: a cap per session, one per visitor and span, a least time between two. */
function countedOut(
  scope: "" | "site_",
  caps: Counted,
  exposures: readonly GatedExposure[],
  sessionId: string,
  now: EpochMs,
): Shut[] {
  const shut: Shut[] = [];
  const perSession = caps.per_session ?? null;
  if (perSession !== null && exposures.filter((each) => each.sessionId === sessionId).length >= perSession) {
    shut.push({ gate: `${scope}per_session`, until: null });
  }
  const perVisitor = caps.per_visitor ?? null;
  if (perVisitor !== null && exposures.length >= perVisitor) {
    const until = roomFrom(exposures, perVisitor, caps.per_days ?? null);
    if (until === null || until > now) shut.push({ gate: `${scope}per_visitor`, until });
  }
  const cooldownMs = (caps.cooldown_seconds ?? 0) * SECOND_MS;
  const rested = Math.max(NEVER, ...exposures.map(({ eligibleAt }) => eligibleAt)) + cooldownMs;
  if (rested > now) shut.push({ gate: `${scope}cooldown`, until: rested });
  return shut;
}

/** From when on fewer than `cap` of `exposures` lie inside a span of `days`; null where the span has no end. */
function roomFrom(exposures: readonly GatedExposure[], cap: number, days: number | null): EpochMs | null {
  if (days === null) return null;
  const leaves = exposures.map(({ eligibleAt }) => eligibleAt + days * DAY_MS).sort((a, b) => a - b);
  // The cap holds while `cap` exposures are inside the span; this one is the first whose leaving makes room.
  return leaves[leaves.length - cap] ?? null;
}

/** After a decline at `declinedAt` there is rest for so many days. */
function resting(
  gate: Gate,
  declinedAt: EpochMs | undefined,
  days: number | null | undefined,
  now: EpochMs,
): Shut[] {
  const until = (declinedAt ?? NEVER) + (days ?? 0) * DAY_MS;
  return until > now ? [{ gate, until }] : [];
}

type Declines = { campaigns: Map<string, EpochMs>; kinds: Map<string, EpochMs>; site: EpochMs };

function lastDeclines(exposures: readonly GatedExposure[]): Declines {
  const last: Declines = { campaigns: new Map(), kinds: new Map(), site: NEVER };
  for (const { campaign, kind, declinedAt } of exposures) {
    if (declinedAt === null) continue;
    last.campaigns.set(campaign, Math.max(declinedAt, last.campaigns.get(campaign) ?? NEVER));
    last.kinds.set(kind, Math.max(declinedAt, last.kinds.get(kind) ?? NEVER));
    last.site = Math.max(declinedAt, last.site);
  }
  return last;
}

function outsideNamespace({ namespace }: GatedCampaign, visitor: string): Shut[] {
  return !namespace || inNamespace(visitor, namespace) ? [] : [{ gate: "namespace", until: null }];
}
