/**
 * A trace as the API tells it, and the admin reads it.
 *
 * Shapes  moments are ISO 8601; `moments` are a visit's, in order; `explained` is the one that was asked for.
 */
import * as z from "zod";
import { isoOf } from "../ids.ts";
import { cartTotals } from "../visit/commerce.ts";
import type { Explanation, ExplainedCampaign } from "./explain.ts";
import type { Part } from "./explain-condition.ts";
import type { GateRow } from "./explain-gates.ts";
import type { TraceMoment } from "./trace.ts";

const moment = z.string();
const arm = z.enum(["treated", "holdout"]);

export const WireMoment = z.object({
  index: z.int(),
  at: moment,
  name: z.string(),
  /** Nothing happened but time. */
  woken: z.boolean(),
  page: z.object({ path: z.string(), title: z.string().nullable() }).nullable(),
  properties: z.record(z.string(), z.unknown()),
  cart: z.object({ value: z.number(), items: z.number(), currency: z.string().nullable() }),
  /** How long the page had been open. */
  page_seconds: z.int().nullable(),
  decision: z.object({ id: z.string(), campaign: z.string(), arm, variant: z.string() }).nullable(),
});
export type WireMoment = z.infer<typeof WireMoment>;

export type WirePart =
  | {
      kind: "leaf";
      path: string;
      operand: unknown;
      /** What the fact was; null where it was unknown, or is not the caller's to see. */
      value: unknown;
      hidden: boolean;
      held: boolean;
    }
  | { kind: "all" | "any" | "none"; held: boolean; parts: WirePart[] };

/** A group holds parts, which hold parts: the description goes no deeper than that a part held or not. */
const AnyPart = z.looseObject({ kind: z.enum(["leaf", "all", "any", "none"]), held: z.boolean() });

const WireGate = z.object({
  gate: z.string(),
  answer: z.enum(["yes", "no", "not_evaluated", "not_applicable"]),
  /** Counts for caps and places, seconds for cool-downs. */
  needed: z.number().nullable(),
  seen: z.number().nullable(),
  until: moment.nullable(),
});
export type WireGate = z.infer<typeof WireGate>;

const Assigned = z.object({ arm, variant: z.string(), probability: z.number() });
const FirstNo = z.union([
  z.object({ kind: z.literal("condition"), path: z.string(), operand: z.unknown(), value: z.unknown() }),
  z.object({
    kind: z.literal("gate"),
    gate: z.string(),
    needed: z.number().nullable(),
    seen: z.number().nullable(),
  }),
]);

export const WireCampaign = z.object({
  campaign: z.string(),
  name: z.string(),
  kind: z.string(),
  priority: z.int(),
  phase: z.int(),
  expected_value: z.number(),
  matched: z.boolean(),
  condition: AnyPart,
  /** Of the parts that must all hold, a group inside counting as one. */
  held: z.int(),
  of: z.int(),
  gates: z.array(WireGate),
  assignment: Assigned.nullable(),
  /** `not_matched`, or what became of it. */
  result: z.string(),
  first_no: FirstNo.nullable(),
});
export type WireCampaign = Omit<z.infer<typeof WireCampaign>, "condition"> & { condition: WirePart };

export const WireExplanation = z.object({
  index: z.int(),
  at: moment,
  configuration: z.object({
    version: z.int(),
    published_at: moment,
    /** False where the one of then is gone, and the present one stands for it. */
    as_then: z.boolean(),
  }),
  segments: z.array(z.string()),
  excluded_by: z.string().nullable(),
  engaged: z.string().nullable(),
  unreadable: z.array(z.string()),
  campaigns: z.array(WireCampaign),
});
export type WireExplanation = Omit<z.infer<typeof WireExplanation>, "campaigns"> & {
  campaigns: WireCampaign[];
};

export const WireVisit = z.object({ id: z.string(), started_at: moment, ended_at: moment.nullable() });
export const WireTrace = z.object({
  visitor: z.string(),
  /** The visit that is told; null where no moment of it is kept. */
  session: WireVisit.extend({
    channel: z.string(),
    device_type: z.string().nullable(),
    browser: z.string().nullable(),
    city: z.string().nullable(),
    country: z.string().nullable(),
    /** Which visit of this visitor it was; null where that is not the caller's to see. */
    visits: z.int().nullable(),
    global_holdout: z.boolean(),
    covered: z.boolean(),
    /** False where older moments fell off; what they had changed is known all the same. */
    complete: z.boolean(),
  }).nullable(),
  /** Visits whose moments are kept, newest first. */
  sessions: z.array(WireVisit),
  moments: z.array(WireMoment),
  explained: WireExplanation.nullable(),
});
export type WireTrace = Omit<z.infer<typeof WireTrace>, "explained"> & { explained: WireExplanation | null };

/** `told` as the moment at `index` of its visit. */
export function wireMoment(told: TraceMoment, index: number): WireMoment {
  const { at, woken, moment: event, state, recorded } = told;
  const { visit } = state;
  const view = visit?.views.find(({ id }) => id === event.viewId) ?? visit?.views.at(-1);
  const cart = visit?.cart;
  return {
    index,
    at: isoOf(at),
    name: woken ? "Wake" : event.name,
    woken,
    page: view === undefined ? null : { path: view.path, title: view.title },
    properties: woken ? {} : event.properties,
    cart: { ...(cart ? cartTotals(cart) : { value: 0, items: 0 }), currency: cart?.currency ?? null },
    page_seconds: view === undefined ? null : Math.max(0, Math.floor((at - view.startedAt) / 1_000)),
    decision:
      recorded === null
        ? null
        : { id: recorded.id, campaign: recorded.campaign, arm: recorded.arm, variant: recorded.variant },
  };
}

/** Facts about who a visitor is, beyond this visit. */
const PERSONAL = /^visitor(?:\.|$)/;

/** `explanation` on the wire. Without `personal`, what is known of the visitor beyond this visit is left out. */
export function wireExplanation(
  { campaigns, segments, excludedBy, engaged, unreadable }: Explanation,
  about: Pick<WireExplanation, "index" | "at" | "configuration">,
  personal: boolean,
): WireExplanation {
  return {
    ...about,
    segments,
    excluded_by: excludedBy,
    engaged,
    unreadable,
    campaigns: campaigns.map((campaign) => wireCampaign(campaign, personal)),
  };
}

function wireCampaign(row: ExplainedCampaign, personal: boolean): WireCampaign {
  const { campaign, name, kind, priority, phase, matched, score, gates, assignment, result } = row;
  const no = row.firstNo;
  return {
    campaign,
    name,
    kind,
    priority,
    phase,
    expected_value: row.expectedValue,
    matched,
    condition: wirePart(row.condition, personal),
    held: score.held,
    of: score.of,
    gates: gates.map(wireGate),
    assignment,
    result,
    first_no:
      no?.kind === "condition"
        ? { kind: no.kind, path: no.path, operand: no.operand, value: seenBy(personal, no.path, no.value) }
        : no,
  };
}

function wirePart(part: Part, personal: boolean): WirePart {
  if (part.kind !== "leaf") {
    return { ...part, parts: part.parts.map((inner) => wirePart(inner, personal)) };
  }
  const { kind, path, operand, value, held } = part;
  return {
    kind,
    path,
    operand,
    held,
    value: seenBy(personal, path, value),
    hidden: !personal && PERSONAL.test(path),
  };
}

function seenBy<T>(personal: boolean, path: string, value: T): T | null {
  return personal || !PERSONAL.test(path) ? value : null;
}

function wireGate(row: GateRow): WireGate {
  return { ...row, until: row.until === null ? null : isoOf(row.until) };
}
