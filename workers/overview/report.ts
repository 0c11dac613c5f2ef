/**
 * The overview of a site's span: what screen, API and the weekly report tell.
 *
 * Everything comes from what is kept: figures by the query layer of all KPIs, phases by their sums, the hold-out over all
 * campaigns by its own. What history has gone on from is counted after the answer.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { reportHoldout } from "../../domain/incrementality/holdout-report.ts";
import { calendarOf } from "../../domain/kpi/calendar.ts";
import type { KpiFigures } from "../../domain/kpi/figures.ts";
import { spanBefore } from "../../domain/overview/change.ts";
import { earningsOf, type PhaseRead } from "../../domain/overview/earnings.ts";
import { findingsOf } from "../../domain/overview/findings.ts";
import { holdoutCourse } from "../../domain/overview/holdout-course.ts";
import {
  type CampaignRow,
  type Earned,
  type Overview,
  shownOf,
  worthOf,
} from "../../domain/overview/overview.ts";
import { worstWait } from "../../domain/overview/waits.ts";
import { plannedVisitors } from "../../domain/results/phase.ts";
import type { SiteSettings } from "../../domain/site/settings.ts";
import { readSettings, reportKpis } from "../kpis/report.ts";
import { countPhase } from "../results/phase-sums.ts";
import { countBehind } from "./kept-phases.ts";
import { type RanPhase, readPhases } from "./phases.ts";
import { countHoldout, holdoutWindow, readHoldout } from "./site-holdout.ts";
import { readLateness } from "./lateness.ts";
import { readWaits } from "./waits.ts";

const DAY_MS = 86_400_000;
const WAITS_MS = 7 * DAY_MS;
/** Counted after one answer: the next look has more of them. */
const AT_ONCE = 4;

export type Later = (work: Promise<unknown>) => void;
export type Span = { from: EpochMs; to: EpochMs; now: EpochMs };

export async function reportOverview(env: Env, site: SiteKey, span: Span, later: Later): Promise<Overview> {
  const settings = await readSettings(env, site);
  const calendar = calendarOf(settings.timezone);
  const before = spanBefore(span, span.now, calendar);
  const kpis = (of: { from: EpochMs; to: EpochMs }) => totalKpis(env, site, { ...of, now: span.now }, later);
  const waitsTo = Math.min(span.to, span.now);
  const [now, then, ran, siteWide, waits, late] = await Promise.all([
    kpis(span),
    kpis(before),
    readPhases(env, site, settings, span, later),
    settings.global_holdout > 0 ? readSiteWide(env, site, settings, span, later) : null,
    readWaits(env, site, settings, { from: waitsTo - WAITS_MS, to: waitsTo, now: span.now }),
    readLateness(env, site, span.now),
  ]);
  later(countBehind(env, ran.behind, AT_ONCE, span.now));
  const { dayOf } = calendar;
  const phases = earningsOf(ran.phases, { from: dayOf(span.from), to: dayAfter(dayOf(span.to - 1)) });
  // A hold-out over all campaigns cannot count one visitor twice; each campaign's own stands in while it says nothing.
  const isSiteWide = siteWide !== null && (siteWide.state === "measured" || phases.state !== "measured");
  const earned: Earned =
    siteWide !== null && isSiteWide
      ? siteWide
      : { ...phases, basis: "campaigns", from: span.from, to: span.to, countedAt: ran.countedAt };
  const ofEarned = isSiteWide ? await kpis(earned) : now;
  const rows = phases.phases.map((read, index) => rowOf(read, ran.phases[index]));
  return {
    from: span.from,
    to: span.to,
    before,
    timezone: settings.timezone,
    currency: settings.currency,
    locale: settings.locale,
    site: settings.name,
    earned,
    worth: worthOf(
      { revenue: earned.revenue, isWhole: isSiteWide || phases.isWhole },
      ofEarned,
      settings.economics,
    ),
    shown: shownOf(now, then),
    findings: findingsOf({
      phases: rows,
      hasSiteHoldout: settings.global_holdout > 0,
      worstWait: worstWait(waits),
      targetSeconds: settings.wait_target_seconds,
      margin: settings.economics.margin ?? null,
      hasCosts: ofEarned.cost_total.value !== null,
      late,
    }),
    campaigns: rows,
  };
}

/** Counts what is behind before anybody reads: for a report that is sent once. */
export async function bringUpToDate(env: Env, site: SiteKey, span: Span): Promise<void> {
  const settings = await readSettings(env, site);
  const keeping: Promise<unknown>[] = [];
  const { behind } = await readPhases(env, site, settings, span, (work) => keeping.push(work));
  await Promise.all(keeping);
  for (const phase of behind) await countPhase(env, phase, span.now);
  if (settings.global_holdout === 0) return;
  const window = await holdoutWindow(env, site, settings, span);
  await countHoldout(env, site, settings, window, span.now);
}

async function totalKpis(env: Env, site: SiteKey, span: Span, later: Later): Promise<KpiFigures> {
  const [row] = await reportKpis(env, site, { ...span, groupBy: null }, later);
  if (row === undefined) throw new Error("a report without groups has one row");
  return row;
}

async function readSiteWide(
  env: Env,
  site: SiteKey,
  settings: SiteSettings,
  span: Span,
  later: Later,
): Promise<Earned> {
  const window = await holdoutWindow(env, site, settings, span);
  const { counted, isOld } = await readHoldout(env, site, settings, window, span.now);
  if (isOld) later(countHoldout(env, site, settings, window, span.now));
  const empty = {
    basis: "site_holdout" as const,
    from: window.from,
    to: window.to,
    revenue: null,
    bought: null,
    course: [],
  };
  if (counted === null) {
    const visitors = { invited: 0, heldOut: 0 };
    return { ...empty, state: "collecting", visitors, countedAt: null };
  }
  const { people, came, bought, orders } = counted;
  const { arms, course } = holdoutCourse(people, orders);
  const { status, effect } = reportHoldout({
    daysSinceSeed: window.daysSinceSeed,
    plannedShare: settings.global_holdout,
    arms,
    money: { margin: null, cost: null },
  });
  const { point, ci } = effect?.added ?? { point: null, ci: null };
  const told = { visitors: came, countedAt: counted.countedAt };
  if (status !== "readable" || point === null || ci === null) {
    return { ...empty, ...told, state: status === "readable" ? "too_few" : status };
  }
  return {
    ...empty,
    ...told,
    state: "measured",
    revenue: { value: point, low: ci[0], high: ci[1] },
    bought:
      came.invited === 0 || came.heldOut === 0
        ? null
        : { invited: bought.invited / came.invited, heldOut: bought.heldOut / came.heldOut },
    course,
  };
}

function rowOf(read: PhaseRead, ran: RanPhase | undefined): CampaignRow {
  if (ran === undefined) throw new Error("a phase was read that never ran");
  const { facts, kind, status, isLive, plan } = ran;
  return {
    ...read,
    kind,
    status,
    isLive,
    smallest: plan?.effect ?? null,
    plannedVisitors: facts === null ? null : plannedVisitors(facts),
  };
}

/** Dates are counted in UTC, where every day is as long as another. */
function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
}
