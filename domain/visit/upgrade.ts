/**
 * What older releases wrote in a visitor's row, as this one reads it: an object may sleep through any number of them.
 *
 * Shapes  `v` says who wrote it. What a release could not know stands as if nothing of it had happened yet.
 */
import { newVisit } from "./fold.ts";
import type { Form, PageView, Step, Visit, VisitorState } from "./state.ts";

type FirstForm = Pick<Form, "id" | "startedAt" | "field">;
type FirstVisit = Pick<
  Visit,
  | "id"
  | "revision"
  | "startedAt"
  | "lastAt"
  | "pages"
  | "events"
  | "arrival"
  | "cart"
  | "signals"
  | "device"
  | "place"
  | "globalHoldout"
  | "covered"
  | "eligible"
> & { views: PageView[]; trail: Step[]; form: FirstForm | null };
type FirstState = Omit<VisitorState, "v" | "visit" | "refunded" | "replays"> & {
  v: 1;
  visit: (FirstVisit & Partial<Pick<Visit, "segments" | "outcomes" | "test">>) | null;
};
export type StoredState = VisitorState | FirstState;

/** `stored` as this release knows it. */
export function upgraded(stored: StoredState): VisitorState {
  if (stored.v === 2) return stored;
  return {
    ...stored,
    v: 2,
    visit: stored.visit === null ? null : visitOf(stored, stored.visit),
    refunded: {},
    replays: {},
  };
}

/** A visit that is on goes on: its events were not kept, so that what can be told of it begins now. */
function visitOf(state: FirstState, visit: NonNullable<FirstState["visit"]>): Visit {
  const { form, cart, signals, views, pages, events, lastAt } = visit;
  const folded = {
    lastAt,
    pages,
    events,
    views,
    cart,
    signals,
    funnel: null,
    funnels: {},
    form: form === null ? null : formOf(form),
    sold: { orders: 0, value: 0 },
  };
  return newVisit({
    id: visit.id,
    revision: visit.revision,
    startedAt: visit.startedAt,
    arrival: visit.arrival,
    trail: visit.trail,
    device: visit.device,
    place: visit.place,
    globalHoldout: visit.globalHoldout,
    covered: visit.covered,
    eligible: visit.eligible,
    segments: visit.segments ?? [],
    outcomes: visit.outcomes ?? {},
    test: visit.test ?? null,
    history: {
      visits: state.visits,
      orders: state.orders,
      lifetimeValue: state.lifetimeValue,
      identified: state.userId !== null,
      lastCallOutcome: state.lastCallOutcome,
    },
    ...folded,
    base: folded,
  });
}

function formOf({ id, startedAt, field }: FirstForm): Form {
  return { id, startedAt, field, refilled: 0, abandoned: false, seconds: null };
}
