/**
 * The gates between a condition that holds and an offer (`design.md` §3.5), as far as the visitor's own history decides.
 *
 * Order   site-wide hold-out, schedule, an engagement that is still open, caps, cool-down after a decline.
 *         All of them look the same for treated and held-out visitors: a ghost exposure counts in every cap exactly as
 *         a shown one. The memory of a decline is the one difference, since only who saw an offer can decline it.
 * Units   moments are `EpochMs`; `until` is the earliest moment at which every gate would let pass if nothing else
 *         happens, null when time alone changes nothing.
 */
import type { EpochMs } from "../ids.ts";
import type { Campaign } from "./campaign.ts";
import type { Exposure } from "./decision.ts";
import { type OpenTimes, readSchedule } from "./schedule.ts";
import { DAY_MS } from "./zone.ts";

export const GATES = [
  "global_holdout",
  "schedule",
  "open_decision",
  "per_session",
  "per_visitor",
  "after_decline",
] as const;
export type Gate = (typeof GATES)[number];

export type GateAnswer = { ok: true } | { ok: false; gate: Gate; until: EpochMs | null };

export type GatedCampaign = Pick<Campaign, "id" | "caps" | "schedule">;

export type GateInput = {
  /** Everything this visitor was eligible for, in both arms. */
  exposures: readonly (Exposure & { sessionId: string })[];
  sessionId: string;
  /** Whether the visitor's last decision still stands, where the caller knows better than the exposures. */
  openDecision: boolean;
  globalHoldout: boolean;
  timezone: string;
  now: EpochMs;
};

/** A gate that is shut: which, and when it opens by itself. */
type Shut = { gate: Gate; until: EpochMs | null };

/** How often two gates may hand a moment to each other before no common one is taken to exist. */
const MAX_ROUNDS = 32;

/** Whether every local gate lets `campaign` pass now, else the first that does not. */
export function checkLocalGates(campaign: GatedCampaign, input: GateInput): GateAnswer {
  const schedule = readSchedule(campaign.schedule, {
    timezone: input.timezone,
    business_hours: [],
    holidays: { calendar: "none", dates: [] },
  });
  const shut = firstShut(campaign, input, schedule, input.now);
  if (shut === null) return { ok: true };
  return { ok: false, gate: shut.gate, until: firstPassage(campaign, input, schedule, shut.until) };
}

/** Follows each gate's own opening until none is shut. */
function firstPassage(
  campaign: GatedCampaign,
  input: GateInput,
  schedule: OpenTimes,
  first: EpochMs | null,
): EpochMs | null {
  let at = first;
  for (let round = 0; at !== null && round < MAX_ROUNDS; round += 1) {
    const shut = firstShut(campaign, input, schedule, at);
    if (shut === null) return at;
    at = shut.until;
  }
  return null;
}

function firstShut(campaign: GatedCampaign, input: GateInput, schedule: OpenTimes, at: EpochMs): Shut | null {
  if (input.globalHoldout) return { gate: "global_holdout", until: null };
  if (!schedule.isOpen(at)) return { gate: "schedule", until: schedule.openFrom(at) };
  const own = input.exposures.filter((exposure) => exposure.campaign === campaign.id);
  return (
    openEngagement(input, at) ??
    sessionCap(campaign, own, input.sessionId) ??
    visitorCap(campaign, own, at) ??
    declineMemory(campaign, own, at)
  );
}

/** One engagement at a time: an unanswered one, shown or ghost, blocks every other until it expires. */
function openEngagement({ exposures, openDecision, now }: GateInput, at: EpochMs): Shut | null {
  const ends = exposures.filter((exposure) => isOpen(exposure, at)).map(({ expiresAt }) => expiresAt);
  if (ends.length > 0) return { gate: "open_decision", until: Math.max(...ends) };
  return openDecision && at === now ? { gate: "open_decision", until: null } : null;
}

/** Whether `exposure` still waits for its answer at `at`. */
export function isOpen(exposure: Exposure, at: EpochMs): boolean {
  const { openedAt, declinedAt, ignoredAt, expiresAt } = exposure;
  return openedAt === null && declinedAt === null && ignoredAt === null && expiresAt > at;
}

function sessionCap({ caps }: GatedCampaign, own: GateInput["exposures"], sessionId: string): Shut | null {
  const cap = caps.per_session ?? null;
  const seen = own.filter((exposure) => exposure.sessionId === sessionId).length;
  return cap !== null && seen >= cap ? { gate: "per_session", until: null } : null;
}

function visitorCap({ caps }: GatedCampaign, own: GateInput["exposures"], at: EpochMs): Shut | null {
  const cap = caps.per_visitor ?? null;
  if (cap === null || own.length < cap) return null;
  const days = caps.per_days ?? null;
  if (days === null) return { gate: "per_visitor", until: null };
  const leaves = own.map(({ eligibleAt }) => eligibleAt + days * DAY_MS).sort((a, b) => a - b);
  // The cap holds while `cap` exposures are inside the span; this one is the first whose leaving makes room.
  const makesRoom = leaves[leaves.length - cap] ?? 0;
  return makesRoom > at ? { gate: "per_visitor", until: makesRoom } : null;
}

function declineMemory({ caps }: GatedCampaign, own: GateInput["exposures"], at: EpochMs): Shut | null {
  const days = caps.after_decline_days ?? 0;
  const declines = own.map(({ declinedAt }) => declinedAt ?? Number.NEGATIVE_INFINITY);
  const until = Math.max(Number.NEGATIVE_INFINITY, ...declines) + days * DAY_MS;
  return until > at ? { gate: "after_decline", until } : null;
}
