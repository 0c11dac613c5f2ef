/**
 * What one visitor's object remembers: the visit that is on, and what outlives it.
 *
 * Shapes  `VisitorState` is the whole of it, kept as one row. Lists are bounded; old entries fall off.
 * Units   moments are `EpochMs` by the server's clock, which alone cuts visits.
 */
import type { Entry } from "../history/outbox.ts";
import type { RecordOf } from "../history/records.ts";
import type { EpochMs } from "../ids.ts";
import type { Event, PageContext } from "../events/event.ts";
import type { Decision, Exposure } from "../targeting/decision.ts";
import type { InvitingAgent } from "./agent-invitation.ts";
import type { Cart } from "./commerce.ts";
import type { OutcomeCode } from "../targeting/outcome.ts";
import type { Json } from "./facts.ts";
import type { ReplayRecord } from "./replay.ts";
import type { Staff } from "./staff.ts";

export const DEFAULT_IDLE_MS = 30 * 60_000;
export const MAX_VIEWS = 12;
export const MAX_TRAIL = 60;
export const MAX_RECENT = 40;
/** Visits that ended and wait for D1 with their moments; older ones are told without. */
export const MAX_REPLAYS = 3;
export const MAX_EXPOSURES = 200;
export const MAX_ORDERS = 100;
export const MAX_TRAITS = 50;
/** All traits together, in characters of their JSON: the state is one row, and a row has an end. */
export const MAX_TRAITS_LENGTH = 65_536;

export type PageView = {
  id: string;
  url: string;
  path: string;
  title: string | null;
  referrer: string | null;
  status: number | null;
  startedAt: EpochMs;
  scroll: number;
};

export type Step = {
  at: EpochMs;
  path: string;
  url: string;
  title: string | null;
  /** The site said that there is no such page. */
  missing?: true;
};

export type Device = {
  type: string | null;
  browser: string | null;
  os: string | null;
  language: string | null;
};
export type Place = { country: string | null; region: string | null; city: string | null };

export type Arrival = {
  path: string | null;
  referrer: string | null;
  channel: string;
  utm: Record<string, string>;
  searchTerms: string | null;
  affiliate: string | null;
};

/** A step of a funnel that a moment reached; `at` is its place among the funnel's steps as they were then. */
export type FunnelStep = { funnel: string; step: string; at: number };

/**
 * One event as a visit remembers it: all that folding reads, so that the facts of any moment can be told later.
 * `page` stands only where the event opened a view; `at` is the server's clock.
 */
export type Moment = {
  name: string;
  type: Event["type"];
  at: EpochMs;
  viewId: string | null;
  page: Pick<PageContext, "url" | "path" | "title" | "referrer" | "status"> | null;
  properties: Record<string, Json>;
  /** The published configuration and the desk's free places as they were then. */
  version: number;
  freeSlots: number;
  /** What it did that cannot be read from itself: steps of funnels, and what it changed in the visitor's orders. */
  reached?: FunnelStep[];
  sold?: Sold;
};

export type Sold = { orders: number; value: number };

/** What an agent marked with a link: this campaign is shown to this browser only, and counted nowhere. */
export type TestMode = { campaign: string; variant: string | null };

export type Form = {
  id: string;
  startedAt: EpochMs;
  field: string | null;
  refilled: number;
  abandoned: boolean;
  /** How long it was filled in, once it was left; null while it goes on. */
  seconds: number | null;
};

/** How far a funnel was walked: its steps in the order of their first reaching, when, and the furthest of them. */
export type FunnelProgress = { reached: string[]; reachedAt?: EpochMs[]; step: string; at: number };

/** What folding a moment changes: from this and the moments after it, any of them can be told again. */
export type Folded = {
  lastAt: EpochMs;
  pages: number;
  events: number;
  views: PageView[];
  cart: Cart;
  /** The funnel that advanced last. */
  funnel: string | null;
  funnels: Record<string, FunnelProgress>;
  form: Form | null;
  signals: Record<string, number>;
  sold: Sold;
};

/** What was known of the visitor as the visit began, this visit counted. */
export type VisitorHistory = {
  visits: number;
  orders: number;
  lifetimeValue: number;
  identified: boolean;
  lastCallOutcome: string | null;
};

export type Visit = Folded & {
  id: string;
  revision: number;
  startedAt: EpochMs;
  arrival: Arrival;
  history: VisitorHistory;
  /** The pages before the first of `recent`, which tells the others (`trail.ts`). */
  trail: Step[];
  device: Device;
  place: Place;
  globalHoldout: boolean;
  covered: boolean;
  eligible: boolean;
  /** Segments that held at some moment of this visit. */
  segments: string[];
  /** What became of each campaign whose condition held, in the order in which it first did. */
  outcomes: Record<string, OutcomeCode[]>;
  test: TestMode | null;
  /** The newest events, and what had been folded before the first of them where older ones fell off. */
  recent: Moment[];
  base: Folded | null;
};

/** `by` is the agent who asked, where it was no campaign (`agent-invitation.ts`). */
export type KnownExposure = Exposure & { sessionId: string; revision: number; by?: InvitingAgent };
export type KnownOrder = RecordOf<"orders">;

/** `user` has proven, in this conversation, to be its visitor; what others told of the visitor proves nothing here. */
export type VisitorConversation = { id: string; requestId: string; at: EpochMs; user?: string | null };

export type VisitorState = {
  v: 2;
  site: string;
  visitor: string;
  /** How long a visit may be silent, as the site last said. */
  idleMs: number;
  visits: number;
  firstAt: EpochMs;
  lastAt: EpochMs;
  userId: string | null;
  traits: Record<string, Json>;
  /** What a message that proved who the visitor is called them; a name that is merely claimed is only a trait. */
  provenName?: string | null;
  orders: number;
  lifetimeValue: number;
  lastCallOutcome: string | null;
  visit: Visit | null;
  exposures: KnownExposure[];
  open: { decision: Decision; expiresAt: EpochMs } | null;
  recentOrders: KnownOrder[];
  /** What was told to be given back of each of them, by its id; it may be more than the order brought. */
  refunded: Record<string, number>;
  conversation: VisitorConversation | null;
  /** One of the site's own, who is not counted (`staff.ts`). */
  staff?: Staff;
  /** Who had the last conversation that ended: asked first where the visitor comes back. */
  lastAgent?: string | null;
  /** When a conversation last asked what they thought of it. */
  surveyedAt?: EpochMs;
  /** Records that wait for D1 and are not part of the state above, by outbox key. */
  waiting: Record<
    string,
    RecordOf<"sessions" | "refunds" | "leads" | "contacts" | "identities" | "left_messages">
  >;
  outbox: Entry[];
  /** The moments of visits that ended, by the visit's id, until D1 holds them. */
  replays: Record<string, ReplayRecord>;
};

/** A visitor nobody has seen before. */
export function newVisitor(site: string, visitor: string, now: EpochMs): VisitorState {
  return {
    v: 2,
    site,
    visitor,
    idleMs: DEFAULT_IDLE_MS,
    visits: 0,
    firstAt: now,
    lastAt: now,
    userId: null,
    traits: {},
    orders: 0,
    lifetimeValue: 0,
    lastCallOutcome: null,
    visit: null,
    exposures: [],
    open: null,
    recentOrders: [],
    refunded: {},
    conversation: null,
    waiting: {},
    outbox: [],
    replays: {},
  };
}

/** The page view an event belongs to: its own, or the visitor's last. */
export function viewOf(visit: Visit | null, viewId: string | null): PageView | null {
  const views = visit?.views ?? [];
  return views.find((view) => view.id === viewId) ?? views.at(-1) ?? null;
}

/** Whether `visit` has been silent for `idleMs` at `now`. */
export function isOver(visit: Visit, idleMs: number, now: EpochMs): boolean {
  return now >= visit.lastAt + idleMs;
}
