/**
 * Why, and why not: every live campaign at one moment of one visitor, from the condition to the arm.
 *
 * Shapes  one `ExplainedCampaign` for each readable campaign, in the order of arbitration. `firstNo` is the condition's
 *         first part, or the first gate, that said no.
 * Units   moments are `EpochMs`; shares and probabilities from 0 to 1.
 */
import type { Json } from "../visit/facts.ts";
import type { Assignment } from "../experiments/allocation.ts";
import { assignmentOf } from "../visit/engage.ts";
import { explainCondition, firstRefusing, type GroupPart, type Score, scoreOf } from "./explain-condition.ts";
import { type AskedGate, explainGates, type GateRow } from "./explain-gates.ts";
import type { GateInput } from "./gates.ts";
import type { CompiledCampaign, CompiledSite } from "./judge.ts";
import type { OutcomeCode } from "./outcome.ts";
import { type Clock, factsAt } from "./time-driven.ts";

/** What the visitor's own history and the desk said then; which segments hold is read from the facts. */
export type ExplainInput = Omit<GateInput, "excluded" | "now"> & {
  freeSlots: number;
  /** What was in fact decided at this moment, where something was. */
  recorded: Recorded | null;
};
export type Recorded = { campaign: string; id: string } & Assignment;

export type FirstNo =
  | { kind: "condition"; path: string; at: string; operand: Json; value: Json }
  | { kind: "gate"; gate: AskedGate; needed: number | null; seen: number | null };

export type ExplainedCampaign = {
  campaign: string;
  name: string;
  kind: CompiledCampaign["campaign"]["kind"];
  priority: number;
  phase: number;
  expectedValue: number;
  matched: boolean;
  condition: GroupPart;
  /** How many of the parts that must all hold did. */
  score: Score;
  /** Empty where the condition did not hold: no gate was asked. */
  gates: GateRow[];
  /** The arm that this visitor has in this phase; null unless every gate let pass. */
  assignment: Assignment | null;
  result: OutcomeCode | "not_matched";
  firstNo: FirstNo | null;
};

export type Explanation = {
  campaigns: ExplainedCampaign[];
  /** Live campaigns whose conditions cannot be read: they were skipped whole. */
  unreadable: string[];
  segments: string[];
  excludedBy: string | null;
  /** Which campaign engaged the visitor at this moment, in either arm. */
  engaged: string | null;
};

/** What every campaign of `site` had to say to `facts` at `clock.now`. */
export function explain(site: CompiledSite, facts: object, clock: Clock, input: ExplainInput): Explanation {
  const moved = factsAt(facts, clock, clock.now);
  const answers = [...site.segments.values()].map((each) => [each.segment.key, each.test(moved)] as const);
  const present = { ...moved, segment: Object.fromEntries(answers) };
  const inside = new Set(answers.flatMap(([key, holds]) => (holds ? [key] : [])));
  const leaving = [...site.segments.values()].filter(({ segment }) => segment.exclude);
  const excludedBy = leaving.find(({ segment }) => inside.has(segment.key))?.segment.key ?? null;
  const gateInput: GateInput = { ...input, excluded: excludedBy !== null, now: clock.now };

  const rows = [...site.byId.values()].map((each) =>
    explainCampaign(each, present, gateInput, input, leaving.length > 0),
  );
  const engaged =
    input.recorded?.campaign ?? rows.find(({ assignment }) => assignment !== null)?.campaign ?? null;
  return {
    campaigns: rows.map((row) => arbitrated(row, engaged)),
    unreadable: site.unreadable.map(({ campaign }) => campaign),
    segments: [...inside],
    excludedBy,
    engaged,
  };
}

function explainCampaign(
  compiled: CompiledCampaign,
  facts: object,
  gateInput: GateInput,
  { freeSlots, recorded }: ExplainInput,
  leavesAlone: boolean,
): ExplainedCampaign {
  const { campaign, expectedValue } = compiled;
  const condition = explainCondition(campaign.condition, facts);
  const matched = compiled.test(facts);
  const known = recorded?.campaign === campaign.id ? recorded : null;
  // Whoever was engaged had a place, whatever was counted before the offer took it.
  const slots = known === null ? freeSlots : Math.max(1, freeSlots);
  const gates = matched ? explainGates(compiled, gateInput, { freeSlots: slots, leavesAlone }) : [];
  const passes = matched && gates.every(({ answer }) => answer !== "no");
  const assignment =
    known ??
    (passes
      ? assignmentOf({ visitor: gateInput.visitor, exposures: [...gateInput.exposures] }, campaign)
      : null);
  return {
    campaign: campaign.id,
    name: campaign.name,
    kind: campaign.kind,
    priority: campaign.priority,
    phase: campaign.phase,
    expectedValue,
    matched,
    condition,
    score: scoreOf(condition),
    gates,
    assignment:
      assignment === null
        ? null
        : { arm: assignment.arm, variant: assignment.variant, probability: assignment.probability },
    result: assignment?.arm ?? gates.find(({ answer }) => answer === "no")?.gate ?? "not_matched",
    firstNo: firstNoOf(condition, matched, gates),
  };
}

function firstNoOf(condition: GroupPart, matched: boolean, gates: readonly GateRow[]): FirstNo | null {
  if (!matched) {
    const leaf = firstRefusing(condition);
    if (leaf === null) return null;
    const { path, at, operand, value } = leaf;
    return { kind: "condition", path, at, operand, value };
  }
  const shut = gates.find(({ answer }) => answer === "no");
  return shut === undefined ? null : { kind: "gate", gate: shut.gate, needed: shut.needed, seen: shut.seen };
}

/** One engagement a moment: what else would have passed stood behind the one that went first. */
function arbitrated(row: ExplainedCampaign, engaged: string | null): ExplainedCampaign {
  if (row.assignment === null || engaged === null || row.campaign === engaged) return row;
  return { ...row, assignment: null, result: "outranked" };
}
