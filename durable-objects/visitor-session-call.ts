/**
 * `VisitorSession.record` as it crosses from Worker to object and back: texts of JSON. A call copies objects value by
 * value, which costs more than writing and reading JSON (`docs/decisions/2026-11-22-beacon-cpu.md`).
 *
 * Shapes  `SiteContext` is the same for all beacons of some seconds: its text is made once and read once.
 */
import type { Event } from "../domain/events/event.ts";
import type { Decision } from "../domain/targeting/decision.ts";
import type { Clocks, KnownFacts } from "../domain/visit/known.ts";
import type { Noted } from "../domain/visit/notes.ts";
import type { RecordContext, Rejection } from "../domain/visit/record.ts";
import type { KnownExposure, TestMode } from "../domain/visit/state.ts";

/** What the site says, whoever visits it. */
export type SiteContext = Pick<
  RecordContext,
  | "idleMs"
  | "currency"
  | "orderAmount"
  | "contactEvents"
  | "leadGoals"
  | "covered"
  | "freeSlots"
  | "version"
  | "funnels"
> & {
  site: string;
  /** Somebody has the list of live visitors open. */
  watched: boolean;
};

export type Batch = Omit<RecordContext, keyof SiteContext | "visitId"> & {
  visitor: string;
  events: Event[];
  /** The page view that asks; null takes the last. */
  viewId: string | null;
  /** The request is a page's, which can show something. */
  shows: boolean;
};

export type RecordAnswer = {
  rejected: Rejection[];
  released: string[];
  /** The events of this batch that were new, in order. */
  fresh: string[];
  facts: KnownFacts;
  clocks: Clocks;
  open: Decision | null;
  exposures: KnownExposure[];
  sessionId: string | null;
  globalHoldout: boolean;
  marked: { eligible: boolean; covered: boolean };
  /** The page view that asks. */
  view: string | null;
  /** What the visit knows of its segments and of what became of campaigns. */
  noted: Noted;
  /** This batch proves who the visitor is: what is known may be told. */
  proven: boolean;
  /** The campaign that this browser is marked to be shown. */
  test: TestMode | null;
  /** One of the site's own: no campaign invites them. */
  staff: boolean;
  conversation: string | null;
  /** What a proven message called the visitor. */
  provenName: string | null;
  /** The list of live visitors is to hear of this visit now. */
  reports: boolean;
};

const MAX_CONTEXTS = 100;
const contexts = new Map<string, SiteContext>();

/** What the Worker wrote as the site's context; read once while this isolate remembers it. */
export function readContext(text: string): SiteContext {
  const known = contexts.get(text);
  if (known !== undefined) return known;
  if (contexts.size >= MAX_CONTEXTS) contexts.clear();
  const context = JSON.parse(text) as SiteContext;
  contexts.set(text, context);
  return context;
}

export function readBatch(text: string): Batch {
  return JSON.parse(text) as Batch;
}

export function readAnswer(text: string): RecordAnswer {
  return JSON.parse(text) as RecordAnswer;
}
