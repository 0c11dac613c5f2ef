/**
 * What one day of a site's visits and conversations gives for funnels, ways and the map of a journey, as sums that add
 * up over days.
 *
 * A funnel's visits are kept by the set of steps that they reached, so that its steps can be renamed, reordered or
 * dropped without counting history again.
 *
 * Shapes  `countDay` gives one body a kind; `addFunnel`, `addWays`, `addPages`, `addStages`, `addVisits` sum them.
 * Units   visits; seconds between steps are rounded to what is shown of them (`roundedSeconds`).
 */
import type { Walk } from "../history/records.ts";
import { countKey } from "../kpi/tally.ts";
import { OTHER_PAGES } from "./page-group.ts";

/** Ways are told up to this many pages. */
export const POSITIONS = 6;
/** Kinds of pages that a day tells apart; the rarest go together. */
const MAX_PAGES = 60;
/** Of a way, where every pair of pages is a count of its own. */
const MAX_WAY_PAGES = 24;
/** So many pages side by side below one are a catalogue: in a way, they are one. */
const MAX_SIBLINGS = 8;
const MAX_MISSING = 50;
const MAX_SOURCES = 8;
const MAX_NEXT = 20;

/** A visit that is over. */
export type ToldVisit = {
  device: string;
  /** It has an order that counts. */
  bought: boolean;
  funnels: Readonly<Record<string, Walk>>;
  path: readonly string[];
  notFound: readonly (readonly [page: string, from: string | null])[];
};
/** A conversation, with the step of each funnel that its visit had come to when it began. */
export type ToldChat = { steps: Readonly<Record<string, string>>; csat: number | null; ces: number | null };

export type Counts = Record<string, number>;

/** A record without a prototype: its keys come from outside, and one of them may be `constructor`. */
export function none<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}

/** By device. */
export type VisitsBody = Counts;
export type FunnelBody = {
  /** Device → steps reached → visits. */
  walks: Record<string, Counts>;
  /** Steps reached → the page after the furthest, empty where there was none → visits. */
  next: Record<string, Counts>;
  /** From step to step, where nothing came between: seconds → visits. */
  times: Record<string, Counts>;
};
/** `flows[k]` leads from the k-th page of a visit to the next: two indexes into `pages`, or how it ended. */
export type WaysBody = { pages: string[]; flows: Counts[] };
export type PageCounts = { seen: number; ended: number; lost: number };
export type MissingCounts = { visits: number; from: Counts };
export type PagesBody = { pages: Record<string, PageCounts>; missing: Record<string, MissingCounts> };
export type StageCounts = { chats: number; csat: Counts; ces: Counts };
export type StagesBody = Record<string, StageCounts>;

export type DayBodies = {
  visits: VisitsBody;
  ways: WaysBody;
  pages: PagesBody;
  funnels: Record<string, FunnelBody>;
  stages: Record<string, StagesBody>;
};

/** How a visit ends: with an order, or without. */
export const BOUGHT = "bought";
export const LEFT = "left";
export type End = typeof BOUGHT | typeof LEFT;

export function countDay(visits: readonly ToldVisit[], chats: readonly ToldChat[]): DayBodies {
  const bodies: DayBodies = {
    visits: none(),
    ways: waysOf(visits),
    pages: pagesOf(visits),
    funnels: none(),
    stages: none(),
  };
  for (const { device, funnels } of visits) {
    countKey(bodies.visits, device);
    for (const [key, walk] of Object.entries(funnels)) {
      const body = (bodies.funnels[key] ??= emptyFunnel());
      countWalk(body, device, walk);
    }
  }
  for (const { next } of Object.values(bodies.funnels)) {
    for (const steps of Object.keys(next)) next[steps] = mostOf(next[steps] ?? {}, MAX_NEXT, "");
  }
  for (const { steps, csat, ces } of chats) {
    for (const [key, step] of Object.entries(steps)) {
      const stage = ((bodies.stages[key] ??= none())[step] ??= emptyStage());
      stage.chats += 1;
      if (csat !== null) countKey(stage.csat, csat);
      if (ces !== null) countKey(stage.ces, ces);
    }
  }
  return bodies;
}

export function emptyFunnel(): FunnelBody {
  return { walks: none(), next: none(), times: none() };
}

export function emptyStage(): StageCounts {
  return { chats: 0, csat: none(), ces: none() };
}

/** The name of a set of steps: their keys hold no comma. */
export function stepsName(keys: readonly string[]): string {
  return keys.toSorted().join(",");
}

export function stepsNamed(name: string): string[] {
  return name.split(",");
}

/** Seconds to what a reader is shown of them: a median is off by no more than half of it. */
export function roundedSeconds(seconds: number): number {
  const unit = seconds < 120 ? 1 : seconds < 600 ? 5 : seconds < 3_600 ? 30 : 300;
  return Math.round(seconds / unit) * unit;
}

function countWalk(body: FunnelBody, device: string, { steps, next }: Walk): void {
  const name = stepsName(Object.keys(steps));
  countKey((body.walks[device] ??= none()), name);
  countKey((body.next[name] ??= none()), next ?? "");
  const timed = Object.entries(steps)
    .flatMap(([key, seconds]) => (seconds === null ? [] : [{ key, seconds }]))
    .toSorted((a, b) => a.seconds - b.seconds);
  timed.forEach(({ key, seconds }, index) => {
    const before = timed[index - 1];
    if (before === undefined) return;
    countKey((body.times[`${before.key},${key}`] ??= none()), roundedSeconds(seconds - before.seconds));
  });
}

function waysOf(visits: readonly ToldVisit[]): WaysBody {
  const nameOf = withoutCatalogues(visits);
  const flows = emptyFlows();
  for (const { path, bought } of visits) {
    // Two pages of a catalogue one after another are one stay in it.
    const way = path.map(nameOf).filter((page, at, all) => page !== all[at - 1]);
    for (const [position, sums] of flows.entries()) {
      const [from, to] = [way[position], way[position + 1]];
      if (from === undefined) break;
      countFlow(sums, from, to ?? endOf(bought), 1);
    }
  }
  return waysBodyOf(flows);
}

/** The name of a page in ways: that of its catalogue, where it is one of many. */
function withoutCatalogues(visits: readonly ToldVisit[]): (page: string) => string {
  const children = new Map<string, Set<string>>();
  for (const page of new Set(visits.flatMap(({ path }) => path))) {
    const above = page.slice(0, page.lastIndexOf("/"));
    if (above === "") continue;
    const known = children.get(above);
    if (known === undefined) children.set(above, new Set([page]));
    else known.add(page);
  }
  return (page) => {
    const above = page.slice(0, page.lastIndexOf("/"));
    return (children.get(above)?.size ?? 0) > MAX_SIBLINGS ? `${above}/${OTHER_PAGES}` : page;
  };
}

/** Flows as they are kept: the pages that most visits saw, the others together. */
export function waysBodyOf(flows: Flows): WaysBody {
  const seen: Counts = none();
  for (const sums of flows) {
    for (const [page, targets] of sums) for (const to in targets) countKey(seen, page, targets[to]);
  }
  for (const targets of flows.at(-1)?.values() ?? []) {
    for (const to in targets) if (to !== BOUGHT && to !== LEFT) countKey(seen, to, targets[to]);
  }
  const pages = [...keysOfMost(seen, MAX_WAY_PAGES), OTHER_PAGES];
  const indexes = new Map(pages.map((page, index) => [page, index]));
  const indexOf = (page: string) => indexes.get(page) ?? pages.length - 1;
  const counts = flows.map((sums) => {
    const body: Counts = none();
    for (const [from, targets] of sums) {
      for (const to in targets) {
        const target = to === BOUGHT || to === LEFT ? to : indexOf(to);
        countKey(body, `${indexOf(from)}>${target}`, targets[to]);
      }
    }
    return body;
  });
  return { pages, flows: counts };
}

function countFlow(sums: Map<string, Counts>, from: string, to: string, visits: number): void {
  let known = sums.get(from);
  if (known === undefined) sums.set(from, (known = none()));
  countKey(known, to, visits);
}

function endOf(bought: boolean): End {
  return bought ? BOUGHT : LEFT;
}

function pagesOf(visits: readonly ToldVisit[]): PagesBody {
  const pages: Record<string, PageCounts> = none();
  const missing: Record<string, MissingCounts> = none();
  for (const { path, bought, notFound } of visits) {
    const last = path.at(-1);
    for (const page of new Set(path)) {
      const counts = (pages[page] ??= { seen: 0, ended: 0, lost: 0 });
      counts.seen += 1;
      if (page !== last) continue;
      counts.ended += 1;
      if (!bought) counts.lost += 1;
    }
    for (const [page, from] of notFound) {
      const counts = (missing[page] ??= { visits: 0, from: none() });
      counts.visits += 1;
      countKey(counts.from, from ?? "");
    }
  }
  return bounded({ pages, missing });
}

/** The pages that most visits saw or missed, the others together. */
export function bounded({ pages, missing }: PagesBody): PagesBody {
  return { pages: mostPages(pages), missing: mostMissing(missing) };
}

function mostPages(pages: Record<string, PageCounts>): Record<string, PageCounts> {
  const seen = Object.fromEntries(Object.entries(pages).map(([page, counts]) => [page, counts.seen]));
  const kept = new Set(keysOfMost(seen, MAX_PAGES));
  const result: Record<string, PageCounts> = none();
  for (const [page, counts] of Object.entries(pages)) {
    addPageCounts(result, kept.has(page) ? page : OTHER_PAGES, counts);
  }
  return result;
}

function mostMissing(missing: Record<string, MissingCounts>): Record<string, MissingCounts> {
  const visits = Object.fromEntries(Object.entries(missing).map(([page, counts]) => [page, counts.visits]));
  const result: Record<string, MissingCounts> = none();
  const kept = new Set(keysOfMost(visits, MAX_MISSING));
  for (const [page, counts] of Object.entries(missing)) {
    addMissing(result, kept.has(page) ? page : OTHER_PAGES, counts);
  }
  for (const counts of Object.values(result)) counts.from = mostOf(counts.from, MAX_SOURCES, "");
  return result;
}

/** The keys of the `most` highest counts; `…` is never among them, because it is where the others go. */
function keysOfMost(counts: Counts, most: number): string[] {
  return Object.entries(counts)
    .filter(([key]) => key !== OTHER_PAGES)
    .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([key]) => key);
}

/** `counts` with all but the `most` highest and `always` as other pages. */
function mostOf(counts: Counts, most: number, always: string): Counts {
  const kept = new Set([...keysOfMost(counts, most), always]);
  const result: Counts = none();
  for (const [key, count] of Object.entries(counts))
    countKey(result, kept.has(key) ? key : OTHER_PAGES, count);
  return result;
}

export function addCounts(into: Counts, from: Counts): void {
  for (const key in from) countKey(into, key, from[key]);
}

function addEach(into: Record<string, Counts>, from: Record<string, Counts>): void {
  for (const key in from) addCounts((into[key] ??= none()), from[key] ?? {});
}

export function addFunnel(into: FunnelBody, { walks, next, times }: FunnelBody): void {
  addEach(into.walks, walks);
  addEach(into.next, next);
  addEach(into.times, times);
}

/** Flows by page, as days of different pages are summed: `from` page → `to` page or end → visits, a map a position. */
export type Flows = Map<string, Counts>[];

export function emptyFlows(): Flows {
  return Array.from({ length: POSITIONS - 1 }, () => new Map<string, Counts>());
}

export function addWays(into: Flows, { pages, flows }: WaysBody): void {
  for (const [position, counts] of flows.entries()) {
    const sums = into[position];
    if (sums === undefined) return;
    for (const key in counts) {
      const cut = key.indexOf(">");
      const from = pages[Number(key.slice(0, cut))] ?? OTHER_PAGES;
      const to = key.slice(cut + 1);
      const target = to === BOUGHT || to === LEFT ? to : (pages[Number(to)] ?? OTHER_PAGES);
      countFlow(sums, from, target, counts[key] ?? 0);
    }
  }
}

export function addPages(into: PagesBody, { pages, missing }: PagesBody): void {
  for (const page in pages) addPageCounts(into.pages, page, pages[page]);
  for (const page in missing) addMissing(into.missing, page, missing[page]);
}

function addPageCounts(into: Record<string, PageCounts>, page: string, from: PageCounts | undefined): void {
  if (from === undefined) return;
  const counts = (into[page] ??= { seen: 0, ended: 0, lost: 0 });
  counts.seen += from.seen;
  counts.ended += from.ended;
  counts.lost += from.lost;
}

function addMissing(
  into: Record<string, MissingCounts>,
  page: string,
  from: MissingCounts | undefined,
): void {
  if (from === undefined) return;
  const counts = (into[page] ??= { visits: 0, from: none() });
  counts.visits += from.visits;
  addCounts(counts.from, from.from);
}

export function addStages(into: StagesBody, from: StagesBody): void {
  for (const step in from) {
    const more = from[step];
    if (more === undefined) continue;
    const counts = (into[step] ??= emptyStage());
    counts.chats += more.chats;
    addCounts(counts.csat, more.csat);
    addCounts(counts.ces, more.ces);
  }
}
