/**
 * A funnel's steps with who came to each, who left, where to and how long it took; by device, and against another span.
 *
 * A visit is at a step if it came to it or to any later one: who opens the checkout from a mail has passed the cart. So
 * no step has more visits than the one before.
 *
 * Shapes  `FunnelSums` are what days add up to; the answer is that of `wire.ts`.
 * Units   visits; shares from 0 to 1.
 */
import { newcombe } from "../experiments/small-counts.ts";
import { quantile, share } from "../kpi/figure.ts";
import { spreadOf } from "../kpi/tally.ts";
import type { Funnel } from "../site/resources.ts";
import { addCounts, type Counts, type FunnelBody, none, stepsNamed, type VisitsBody } from "./day.ts";
import { OTHER_PAGES } from "./page-group.ts";
import type { FunnelResults } from "./wire.ts";

/** Places named apart among where those went who left. */
const MAX_NEXT = 5;
/** On either side; fewer say nothing of a device. */
const FEW_VISITS = 30;
const ALPHA = 0.05;
const DEVICES = ["desktop", "mobile", "tablet"];

export type FunnelSums = { visits: VisitsBody; funnel: FunnelBody };
export type DefinedFunnel = Pick<Funnel, "key" | "name" | "steps">;
type Result = Pick<FunnelResults, "visits" | "steps" | "devices" | "gap">;

export function funnelResult(funnel: DefinedFunnel, sums: FunnelSums, before: FunnelSums | null): Result {
  const { steps } = funnel;
  const all = stepCounts(funnel, allWalks(sums.funnel));
  const earlier = before === null ? null : stepCounts(funnel, allWalks(before.funnel));
  const next = nextByStep(funnel, sums.funnel);
  const devices = devicesOf(funnel, sums.funnel);
  return {
    visits: total(sums.visits),
    steps: steps.map(({ key, name }, at) => {
      const [visits, after] = [all[at] ?? 0, all[at + 1]];
      const previous = steps[at - 1];
      const passing = after === undefined ? null : share(after, visits);
      const passed =
        earlier === null || after === undefined ? null : { x: earlier[at + 1] ?? 0, n: earlier[at] ?? 0 };
      return {
        key,
        name,
        visits,
        reached: share(visits, all[0] ?? 0),
        passing,
        left: after === undefined ? 0 : visits - after,
        next: after === undefined ? [] : nextOf(next[at] ?? {}),
        seconds:
          previous === undefined
            ? null
            : quantile(spreadOf(sums.funnel.times[`${previous.key},${key}`] ?? {}), 0.5),
        before: passed === null ? null : share(passed.x, passed.n),
        change: passed === null || after === undefined ? null : difference(passed, { x: after, n: visits }),
      };
    }),
    devices: devices.map(({ device, counts }) => ({
      device,
      steps: counts.map((visits, at) => ({
        visits,
        passing: at === counts.length - 1 ? null : share(counts[at + 1] ?? 0, visits),
      })),
    })),
    gap: widestGap(funnel, devices, all),
  };
}

/** Visits at each step of `funnel`: those that came to it or to a later one. */
export function stepCounts({ steps }: DefinedFunnel, walks: Counts): number[] {
  const counts = steps.map(() => 0);
  for (const [name, visits] of Object.entries(walks)) {
    const furthest = furthestOf(steps, name);
    for (let at = 0; at <= furthest; at += 1) counts[at] = (counts[at] ?? 0) + visits;
  }
  return counts;
}

export function allWalks({ walks }: FunnelBody): Counts {
  const sums: Counts = none();
  for (const counts of Object.values(walks)) addCounts(sums, counts);
  return sums;
}

function furthestOf(steps: DefinedFunnel["steps"], name: string): number {
  const reached = new Set(stepsNamed(name));
  return steps.findLastIndex(({ key }) => reached.has(key));
}

type Device = { device: string; counts: number[] };

/** The kinds of device that a shop knows, and what is neither of them together. */
function devicesOf(funnel: DefinedFunnel, { walks }: FunnelBody): Device[] {
  const grouped = none<Counts>();
  for (const [device, counts] of Object.entries(walks)) {
    addCounts((grouped[DEVICES.includes(device) ? device : "other"] ??= none()), counts);
  }
  return [...DEVICES, "other"].flatMap((device) => {
    const counts = grouped[device];
    return counts === undefined ? [] : [{ device, counts: stepCounts(funnel, counts) }];
  });
}

function nextByStep({ steps }: DefinedFunnel, { next }: FunnelBody): Counts[] {
  const sums = steps.map(() => none<number>());
  for (const [name, counts] of Object.entries(next)) {
    const into = sums[furthestOf(steps, name)];
    if (into !== undefined) addCounts(into, counts);
  }
  return sums;
}

/** The places where most went, the site's end first; the others together. */
function nextOf(counts: Counts): FunnelResults["steps"][number]["next"] {
  const all = total(counts);
  if (all === 0) return [];
  const pages = Object.entries(counts)
    .filter(([page]) => page !== "" && page !== OTHER_PAGES)
    .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const named = pages.slice(0, MAX_NEXT);
  const ended = counts[""] ?? 0;
  const others = all - ended - named.reduce((sum, [, visits]) => sum + visits, 0);
  const lines: [page: string | null, visits: number][] = [
    [null, ended],
    ...named,
    ...(others > 0 ? [[OTHER_PAGES, others] satisfies [string, number]] : []),
  ];
  return lines.map(([page, visits]) => ({ page, visits, share: share(visits, all) }));
}

type Share = { x: number; n: number };

function difference(control: Share, treatment: Share) {
  if (control.n === 0 || treatment.n === 0) return null;
  const value = treatment.x / treatment.n - control.x / control.n;
  return { value, interval: newcombe({ control, treatment }) };
}

/** Of all steps and devices, where most visits are lost by going on less often than the other devices do. */
function widestGap(
  { steps }: DefinedFunnel,
  devices: readonly Device[],
  all: readonly number[],
): Result["gap"] {
  const looks = Math.max(1, devices.length * (steps.length - 1));
  const gaps = devices.flatMap(({ device, counts }) =>
    steps.slice(0, -1).flatMap(({ key }, at) => {
      const own = { x: counts[at + 1] ?? 0, n: counts[at] ?? 0 };
      const others = { x: (all[at + 1] ?? 0) - own.x, n: (all[at] ?? 0) - own.n };
      if (Math.min(own.n, others.n) < FEW_VISITS) return [];
      const found = difference(others, own);
      // Every device at every step is looked at, so that each must be surer by as many looks.
      const sure = newcombe({ control: others, treatment: own }, ALPHA / looks);
      if (found === null || sure === null || sure[1] >= 0) return [];
      const [passing, rest] = [share(own.x, own.n), share(others.x, others.n)];
      return [{ step: key, device, passing, others: rest, difference: found, visits: -found.value * own.n }];
    }),
  );
  return gaps.toSorted((a, b) => b.visits - a.visits)[0] ?? null;
}

function total(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
