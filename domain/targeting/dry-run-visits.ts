/**
 * Where a dry run's visits come from: what history kept of visits that ended, or a file of messages as a site sends
 * them, cut into visits by the same rules.
 *
 * Units   moments are `EpochMs`; of a file, each message's own time is the server's clock.
 */
import type { Event } from "../events/event.ts";
import type { EpochMs } from "../ids.ts";
import type { OrderAmount } from "../site/order-amount.ts";
import type { Funnel } from "../site/resources.ts";
import { recordEvents } from "../visit/record.ts";
import { momentsOf, type ReplayRecord } from "../visit/replay.ts";
import { type Device, newVisitor, type Place, type VisitorState } from "../visit/state.ts";
import type { ReplayedMoment, ReplayedVisit } from "./dry-run.ts";

/** `replay` of a visit of `visitor`. */
export function visitOfReplay(visitor: string, replay: ReplayRecord): ReplayedVisit {
  return { id: replay.visit, moments: toldMoments(visitor, replay) };
}

function* toldMoments(visitor: string, replay: ReplayRecord): Generator<ReplayedMoment> {
  for (const { moment, state } of momentsOf(replay)) {
    const { at, name, properties, viewId, freeSlots } = moment;
    yield { at, name, properties, viewId, freeSlots, state: { ...state, visitor } };
  }
}

export type FiledEvent = { event: Event; device: Device; place: Place };
export type FileContext = {
  site: string;
  idleMs: number;
  currency: string;
  orderAmount?: OrderAmount;
  funnels: readonly Funnel[];
};

/** One visitor's `filed` events, oldest first, as visits. An agent is taken to have been free at each of them. */
export function visitsOfEvents(
  visitor: string,
  filed: readonly FiledEvent[],
  { site, ...rules }: FileContext,
): ReplayedVisit[] {
  const visits: { id: string; moments: ReplayedMoment[] }[] = [];
  let state: VisitorState = newVisitor(site, visitor, filed[0]?.event.at ?? 0);
  for (const { event, device, place } of filed) {
    state = recorded(state, event, { ...rules, device, place, visitId: `file_${visits.length}` });
    const { visit } = state;
    if (visit === null) continue;
    if (visits.at(-1)?.id !== visit.id) visits.push({ id: visit.id, moments: [] });
    const { at, name, properties, viewId } = event;
    visits.at(-1)?.moments.push({ at, name, properties, viewId, freeSlots: 1, state });
  }
  return visits;
}

type Rules = Omit<FileContext, "site"> & { device: Device; place: Place; visitId: string };

function recorded(state: VisitorState, event: Event, rules: Rules): VisitorState {
  const now: EpochMs = event.at;
  return recordEvents(state, [event], {
    ...rules,
    now,
    trusted: false,
    provenUser: null,
    globalHoldout: false,
    covered: true,
    freeSlots: 1,
    version: 0,
    test: null,
  }).state;
}
