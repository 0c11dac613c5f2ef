/**
 * A campaign while it is edited: what changed, what that starts, and where two editors meet.
 *
 * Shapes  a `Draft` has every field of `CampaignInput`; a `Meeting` is one field that somebody else saved meanwhile.
 */
import type { Campaign, CampaignInput, PHASE_FIELDS } from "../../../domain/targeting/campaign.ts";
import type { Fault } from "./fault.ts";

export type Draft = CampaignInput;
/** What one part of the form gets: the draft, what was refused of it, and where its changes go. */
export type PartProps = {
  draft: Draft;
  fault: Fault | null;
  onChange: (part: Partial<Draft>) => void;
};
export type DraftField = keyof Draft;
export type PhaseField = (typeof PHASE_FIELDS)[number];

/** Every field, in the order in which the screen shows them. */
export const DRAFT_FIELDS = [
  "name",
  "status",
  "kind",
  "condition",
  "variants",
  "schedule",
  "requires_agent",
  "skill",
  "caps",
  "priority",
  "goal",
  "window_hours",
  "holdout",
  "planned_end",
  "plan",
  "exempt_ok",
  "value",
  "namespace",
  "allocation",
] as const satisfies readonly DraftField[];

// A record, so that the compiler tells when the contract's list and this one part.
const STARTS_PHASE: Record<PhaseField, true> = {
  condition: true,
  holdout: true,
  variants: true,
  goal: true,
  window_hours: true,
  caps: true,
  schedule: true,
  requires_agent: true,
  namespace: true,
  allocation: true,
};

export function newDraft(): Draft {
  return {
    name: "",
    status: "draft",
    kind: "chat",
    condition: {},
    schedule: {},
    priority: 0,
    caps: { per_session: 1, after_decline_days: 30 },
    holdout: 0.1,
    requires_agent: true,
    skill: null,
    goal: null,
    window_hours: 48,
    planned_end: null,
    plan: null,
    value: null,
    namespace: null,
    allocation: "fixed",
    exempt_ok: false,
    variants: [{ key: "a", weight: 1, creative: { fr: {}, en: {} } }],
  };
}

/** What of `campaign` is edited here. */
export function draftOf(campaign: Campaign): Draft {
  const {
    id: _id,
    version: _version,
    phase: _phase,
    created_at: _made,
    updated_at: _changed,
    ...draft
  } = campaign;
  return draft;
}

/** The fields in which `after` says something else than `before`. */
export function changedFields(before: Draft, after: Draft): DraftField[] {
  return DRAFT_FIELDS.filter((field) => !same(before[field], after[field]));
}

/** The changes that start a new phase: those of a campaign that has run before and is live once saved. */
export function phaseChanges(saved: Draft, draft: Draft): PhaseField[] {
  if (saved.status === "draft" || draft.status !== "live") return [];
  return changedFields(saved, draft).filter((field): field is PhaseField => field in STARTS_PHASE);
}

/** Only what changed, as PATCH takes it. */
export function patchOf(saved: Draft, draft: Draft): Partial<Draft> {
  return Object.fromEntries(changedFields(saved, draft).map((field) => [field, draft[field]]));
}

export type Meeting = { field: DraftField; mine: unknown; theirs: unknown; both: boolean };

/** The fields that differ between `mine` and `theirs`, both begun from `base`; `both` where each changed it. */
export function meetingsOf(base: Draft, mine: Draft, theirs: Draft): Meeting[] {
  const byMe = new Set(changedFields(base, mine));
  const byThem = new Set(changedFields(base, theirs));
  return changedFields(mine, theirs).map((field) => ({
    field,
    mine: mine[field],
    theirs: theirs[field],
    both: byMe.has(field) && byThem.has(field),
  }));
}

/** Both people's changes; where both changed one field, the one that `choices` names, else mine. */
export function keepBoth(
  base: Draft,
  mine: Draft,
  theirs: Draft,
  choices: ReadonlyMap<DraftField, "mine" | "theirs"> = new Map(),
): Draft {
  const byMe = new Set(changedFields(base, mine));
  const taken = DRAFT_FIELDS.map((field) => {
    const choice = choices.get(field) ?? (byMe.has(field) ? "mine" : "theirs");
    return [field, choice === "mine" ? mine[field] : theirs[field]];
  });
  return { ...theirs, ...Object.fromEntries(taken) };
}

/** Each variant's share of the eligible visitors, from 0 to 1; together with the hold-out they make 1. */
export function sharesOf(draft: Pick<Draft, "variants" | "holdout">): number[] {
  const sum = draft.variants.reduce((total, variant) => total + variant.weight, 0);
  return draft.variants.map((variant) => (sum === 0 ? 0 : (variant.weight / sum) * (1 - draft.holdout)));
}

/** A key that no variant of `draft` has yet: a, b, c … */
export function nextVariantKey(draft: Pick<Draft, "variants">): string {
  const taken = new Set(draft.variants.map((variant) => variant.key));
  const letters = [..."abcdefghijklmnopqrstuvwxyz"];
  return letters.find((letter) => !taken.has(letter)) ?? `v${draft.variants.length + 1}`;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(normal(a)) === JSON.stringify(normal(b));
}

// An absent key, undefined and null say the same; the condition's own nulls are compared as they are written.
function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== "object" || value === null) return value ?? null;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, normal(inner)]).toSorted(byKey));
}

function byKey([a]: unknown[], [b]: unknown[]): number {
  return String(a) < String(b) ? -1 : 1;
}
