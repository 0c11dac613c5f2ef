/**
 * The overview of a site's span: what screen, API and the weekly report tell.
 *
 * Everything comes from what is kept: figures by the query layer of all KPIs, phases by their sums, the hold-out over all
 * campaigns by its own. What history has gone on from is counted after the answer.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { reportHoldout } from "../../domain/incrementality/holdout-report.ts";
import type { KpiFigures } from "../../domain/kpi/figures.ts";
import { maturedSpans, spanBefore } from "../../domain/overview/change.ts";
import { earningsOf, type PhaseRead } from "../../domain/overview/earnings.ts";
import { findingsOf } from "../../domain/overview/findings.ts";
import {
  type ArmOrder,
  holdoutCourse,
  holdoutMargin,
  type People,
} from "../../domain/overview/holdout-course.ts";
import {
  type CampaignRow,
  type Earned,
  type Overview,
  type Shown,
  shownOf,
  WORTH_KPIS,
  worthOf,
} from "../../domain/overview/overview.ts";
import { SHOWN_KPIS } from "../../domain/overview/shown.ts";
import { worstWait } from "../../domain/overview/waits.ts";
import { plannedVisitors } from "../../domain/results/phase.ts";
import { calendarFor } from "../kpis/counted-site.ts";
import { reportSpans } from "../kpis/report-spans.ts";
import { type CountedSettings, readSettings } from "../kpis/site-settings.ts";
import { countPhase } from "../results/phase-sums.ts";
import { countBehind } from "./kept-phases.ts";
import { type RanPhase, readPhases } from "./phases.ts";
import { countHoldout, holdoutWindow, readHoldout } from "./site-holdout.ts";
import { readLateness } from "./lateness.ts";
import { readWaits } from "./waits.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WAITS_MS = 7 * DAY_MS;
/** Counted after one answer: the next look has more of them. */
const AT_ONCE = 4;

export type Later = (work: Promise<unknown>) => void;
export type Span = { from: EpochMs; to: EpochMs; now: EpochMs };
/** `businessHours`: how fast visitors are answered is counted inside business hours only. */
export type OverviewSpan = Span & { businessHours?: boolean };

export async function reportOverview(
  env: Env,
  site: SiteKey,
  span: OverviewSpan,
  later: Later,
  known?: CountedSettings,
): Promise<Overview> {
  const settings = known ?? (await readSettings(env, site));
  const calendar = calendarFor(settings.timezone);
  const waitsTo = Math.min(span.to, span.now);
  const [figures, ran, siteWide, waits, late] = await Promise.all([
    readFigures(env, site, settings, span, later),
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
  const ofEarned = isSiteWide
    ? await worthFigures(env, site, settings, { ...earned, now: span.now }, later)
    : figures.worth;
  const rows = phases.phases.map((read, index) => rowOf(read, ran.phases[index]));
  return {
    from: span.from,
    to: span.to,
    before: figures.before,
    businessHours: span.businessHours === true,
    timezone: settings.timezone,
    currency: settings.currency,
    locale: settings.locale,
    site: settings.name,
    earned,
    worth: worthOf(
      { margin: earned.margin, isWhole: isSiteWide || phases.isWhole },
      ofEarned,
      settings.economics,
    ),
    shown: figures.shown,
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

type Worthy = Pick<KpiFigures, (typeof WORTH_KPIS)[number]>;
type SpanFigures = { before: { from: EpochMs; to: EpochMs }; shown: Shown; worth: Worthy };

/** The shown figures of the span and of the one before, and of what has matured of both: read at once. */
async function readFigures(
  env: Env,
  site: SiteKey,
  settings: CountedSettings,
  span: OverviewSpan,
  later: Later,
): Promise<SpanFigures> {
  const { now, businessHours = false } = span;
  const calendar = calendarFor(settings.timezone);
  const before = spanBefore(span, now, calendar);
  const windowMs = settings.attribution_hours * HOUR_MS;
  const matured = maturedSpans(span, before, { now, windowMs, startOfDay: calendar.startOfDay });
  const isWhole = matured !== null && matured.now.to === span.to;
  const spans = isWhole || matured === null ? [span, before] : [span, before, matured.now, matured.before];
  const names = [...SHOWN_KPIS, "cost_total"] as const;
  const asked = spans.map(({ from, to }) => ({ from, to, names, businessHours }));
  const [whole, then, young, youngBefore] = await reportSpans(
    env,
    { key: site, settings },
    asked,
    now,
    later,
  );
  if (whole === undefined || then === undefined) throw new Error("each span has its figures");
  const told = { to: matured?.now.to ?? null, now: young ?? null, before: youngBefore ?? null };
  return { before, shown: shownOf(whole, then, isWhole ? null : told), worth: whole };
}

async function worthFigures(
  env: Env,
  key: SiteKey,
  settings: CountedSettings,
  { from, to, now }: Span,
  later: Later,
): Promise<Worthy> {
  const asked = [{ from, to, names: WORTH_KPIS }];
  const [figures] = await reportSpans(env, { key, settings }, asked, now, later);
  if (figures === undefined) throw new Error("each span has its figures");
  return figures;
}

async function readSiteWide(
  env: Env,
  site: SiteKey,
  settings: CountedSettings,
  span: Span,
  later: Later,
): Promise<Earned> {
  const window = await holdoutWindow(env, site, settings, span);
  const { counted, isOld } = await readHoldout(env, site, settings, window, span.now);
  // A reading whose days are final is read from what is kept of it, and never counted again.
  if (isOld && window.to > settings.sealed.until) later(countHoldout(env, site, settings, window, span.now));
  const empty = {
    basis: "site_holdout" as const,
    from: window.from,
    to: window.to,
    revenue: null,
    margin: null,
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
    margin: marginOf(settings, people, orders),
    bought:
      came.invited === 0 || came.heldOut === 0
        ? null
        : { invited: bought.invited / came.invited, heldOut: bought.heldOut / came.heldOut },
    course,
  };
}

/** What of the revenue is left of the site's margin, discounts taken off. */
function marginOf(
  { economics }: CountedSettings,
  people: People,
  orders: readonly ArmOrder[],
): Earned["margin"] {
  const margin = economics.margin ?? null;
  const { point, ci } = margin === null ? { point: null, ci: null } : holdoutMargin(people, orders, margin);
  return point === null || ci === null ? null : { value: point, low: ci[0], high: ci[1] };
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
