/** A day's staffing of a site: its history read, its own figures estimated, the day planned. */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import type { ChatRow } from "../../domain/kpi/history.ts";
import { holidayCalendar } from "../../domain/site/holidays.ts";
import { readOpenDays } from "../../domain/site/open-days.ts";
import type { DayFigures } from "../../domain/staffing/actual.ts";
import type { Aim } from "../../domain/staffing/erlang.ts";
import type { PastDay } from "../../domain/staffing/forecast.ts";
import { dayLevel, type DayInput, hourGaps, planDay } from "../../domain/staffing/intraday.ts";
import type { Intraday } from "../../domain/staffing/intraday-wire.ts";
import {
  byPlace,
  dateAt,
  daysFrom,
  kindOf,
  type LocalDay,
  localDay,
  localDays,
  type Quarter,
  QUARTER_MS,
  weekAround,
} from "../../domain/staffing/local-day.ts";
import { type Assumptions, deskOf, parametersOf } from "../../domain/staffing/model.ts";
import type { Arrivals } from "../../domain/staffing/kept-day.ts";
import { type ObservedChat, observed } from "../../domain/staffing/observed.ts";
import type { Online } from "../../domain/staffing/online.ts";
import { type Estimate, estimateHandleTimes, estimatePatience } from "../../domain/staffing/own-figures.ts";
import {
  type CampaignShare,
  remediesFor,
  type Shortage,
  shortagesOf,
  worstOf,
} from "../../domain/staffing/remedies.ts";
import { usualAgents } from "../../domain/staffing/usual.ts";
import {
  besideWeekBefore,
  type SpanBefore,
  weekBefore,
  type WeekBefore,
} from "../../domain/staffing/week-before.ts";
import { ApiError } from "../errors.ts";
import { readSettings } from "../kpis/report.ts";
import { journeySite } from "../journeys/kept-days.ts";
import { ESTIMATE_DAYS, FORECAST_DAYS, type Later, MOST_CHATS, readPastDays } from "./kept-days.ts";
import { chatsOf, countArrivals, liveCampaigns, readOnline, type Span } from "./read-staffing.ts";

const DAY_MS = 86_400_000;
const SECOND_MS = 1_000;

export type Asked = {
  date: string | null;
  share: number;
  withinSeconds: number | null;
  assumed: Assumptions;
};

export async function reportIntraday(
  env: Env,
  site: SiteKey,
  asked: Asked,
  now: EpochMs,
  later: Later,
): Promise<Intraday> {
  const settings = await readSettings(env, site);
  const { timezone } = settings;
  const today = dateAt(now, timezone);
  const date = asked.date ?? today;
  if (date < settings.sealed.openDay) {
    const since = `${settings.sealed.openDay}: what older days were made of is no longer kept`;
    throw new ApiError("invalid", `ask for a day since ${since}`, { path: "date" });
  }
  const day = localDay(date, timezone);
  const monday = weekAround(date)[0] ?? date;
  const week = localDays(monday, 7, timezone);
  const pastDays = daysBefore(date < today ? date : today, timezone);
  const isHoliday = holidayCalendar(settings.holidays);

  const estimated = { from: Math.min(day.from, now) - ESTIMATE_DAYS * DAY_MS, to: Math.min(day.to, now + 1) };
  const until = Math.min(now + 1, Math.max(day.to, week.at(-1)?.to ?? day.to));
  const onlineFrom = Math.min(estimated.from, week[0]?.from ?? day.from);
  const weekAgo = weekBefore(day, now, timezone);
  const isKept = weekAgo !== null && weekAgo.date >= settings.sealed.openDay;
  const [{ countIn: arrivals, chats, own }, online, campaigns, chatsBefore] = await Promise.all([
    readCame(env, site, settings, { days: [...pastDays, ...week], day, estimated, now }, later),
    readOnline(env, site, { from: onlineFrom, to: until }, now),
    liveCampaigns(env, site),
    isKept ? chatsOf(env, site, weekAgo) : null,
  ]);

  const counted = pastDays.map((one) => ({
    day: one,
    kind: kindOf(one.date, isHoliday),
    counts: byPlace(one, arrivals),
  }));
  const begun = counted.findIndex((one) => one.counts.some((count) => count > 0));
  const past = begun < 0 ? [] : counted.slice(begun);
  const aim: Aim = { withinSeconds: asked.withinSeconds ?? settings.wait_target_seconds, share: asked.share };
  const parameters = parametersOf(measuredOf(chats, online, estimated.from), asked.assumed);
  const desk = deskOf(parameters, aim);
  const open = readOpenDays(settings.business_hours, settings);
  const usual = usualAgents(past, online);

  const inputOf = (one: LocalDay, whole: boolean): DayInput => {
    const kind = kindOf(one.date, isHoliday);
    return {
      day: one,
      kind,
      past: past.filter((before) => before.day.date < one.date),
      arrivals,
      now,
      chats: whole ? own : null,
      online: online.filter(({ from, to }) => from < one.to && to > one.from),
      withinSeconds: aim.withinSeconds,
      usual: usual(kind),
      openIn: (from, to) => open.next(from, to) !== null,
      desk: whole ? desk : null,
    };
  };
  const plan = planDay(inputOf(day, true));
  const shortages = shortagesOf(plan.intervals);
  const worst = worstOf(shortages);
  const shares = worst === null ? [] : campaignShares(past, chats, day, worst);
  const remedies =
    desk === null || worst === null
      ? []
      : remediesFor(
          plan.intervals,
          desk,
          parameters,
          worst,
          shares.filter(({ campaign }) => campaigns.has(campaign)),
        );

  return {
    date,
    today,
    timezone,
    now,
    aim,
    parameters,
    concurrencyUsed: desk?.concurrency ?? null,
    forecast: plan.forecast,
    intervals: plan.intervals,
    soFar: plan.reached,
    weekBefore: besideOf(plan.figures, weekAgo, { chats: chatsBefore, online, now }, aim),
    outlook: dayLevel(plan.intervals, desk),
    shortages,
    remedies,
    campaigns,
    week: week.map((one) => ({
      date: one.date,
      hours: hourGaps((one.date === date ? plan : planDay(inputOf(one, false))).intervals, desk),
    })),
  };
}

type ToldBefore = { chats: readonly ChatRow[] | null; online: readonly Online[]; now: EpochMs };

function besideOf(
  figures: DayFigures | null,
  before: SpanBefore | null,
  { chats, online, now }: ToldBefore,
  { withinSeconds }: Aim,
): WeekBefore | null {
  if (before === null || figures === null) return null;
  if (chats === null) return { date: before.date, until: before.until, told: null };
  const there = online.filter(({ from, to }) => from < before.to && to > before.from);
  return besideWeekBefore(figures, before, { chats, online: there, now }, withinSeconds);
}

type Settings = Awaited<ReturnType<typeof readSettings>>;
type Reading = { days: readonly LocalDay[]; day: LocalDay; estimated: Span; now: EpochMs };
type Came = { countIn: (quarter: Quarter) => number; chats: ObservedChat[]; own: ChatRow[] };

/**
 * Who came: by quarter hours on `days`, in the conversations that are estimated from, and on `day` itself. Days that
 * are over come from what is kept; the day itself, and today, from history.
 */
async function readCame(
  env: Env,
  site: SiteKey,
  settings: Settings,
  { days, day, estimated, now }: Reading,
  later: Later,
): Promise<Came> {
  const today = localDay(dateAt(now, settings.timezone), settings.timezone);
  const edge = day.date < today.date ? day : today;
  const over = [...new Map(days.map((one) => [one.date, one])).values()].filter(
    (one) => one.to <= today.from,
  );
  const wanted = {
    days: over,
    chatDays: over.filter((one) => one.to > estimated.from && one.from < edge.from),
  };
  const [past, soFar, live] = await Promise.all([
    readPastDays(env, journeySite(site, settings), wanted, now, later),
    countArrivals(env, site, { from: today.from, to: now + 1 }),
    chatsOf(env, site, { from: edge.from, to: Math.min(edge.to, now + 1) }),
  ]);
  const begun = live.filter(({ startedAt }) => startedAt >= edge.from && startedAt < edge.to);
  return {
    countIn: countsBetween([...past.arrivals, ...soFar], over[0]?.from ?? today.from, today.to),
    chats: [...begun.map(observed), ...past.chats].slice(0, MOST_CHATS),
    own: day.from > now ? [] : live,
  };
}

/** How many came in a quarter hour between two moments: looked up tens of thousands of times. */
function countsBetween(arrivals: readonly Arrivals[], from: EpochMs, to: EpochMs): Came["countIn"] {
  const first = Math.floor(from / QUARTER_MS);
  const counts = new Float64Array(Math.max(0, Math.ceil(to / QUARTER_MS) - first));
  for (const [quarter, count] of arrivals) counts[quarter - first] = count;
  return (quarter) => counts[Math.floor(quarter.from / QUARTER_MS) - first] ?? 0;
}

/** The days before `date`, oldest first. */
function daysBefore(date: string, zone: string): readonly LocalDay[] {
  return localDays(daysFrom(date, -FORECAST_DAYS), FORECAST_DAYS, zone);
}

function measuredOf(chats: readonly ObservedChat[], online: readonly Online[], from: EpochMs) {
  const waits = chats.flatMap(({ wait }) =>
    wait === null ? [] : [{ seconds: wait.ms / SECOND_MS, left: wait.left }],
  );
  return {
    handle: estimateHandleTimes(chats),
    patience: estimatePatience(waits),
    capacity: capacityOf(online.filter(({ to }) => to > from)),
  };
}

/** The places of an agent, averaged over the time that agents were there. */
function capacityOf(online: readonly Online[]): Estimate {
  const time = online.reduce((sum, { from, to }) => sum + (to - from), 0);
  const places = online.reduce((sum, { from, to, capacity }) => sum + (to - from) * capacity, 0);
  return { value: time > 0 ? places / time : null, se: null, n: online.length };
}

/** What each campaign brought at the hours of `span` in the days that the estimates read. */
function campaignShares(
  past: readonly (PastDay & { day: LocalDay })[],
  chats: readonly ObservedChat[],
  day: LocalDay,
  span: Shortage,
): CampaignShare[] {
  const places = new Set(
    day.quarters.filter(({ from, to }) => from >= span.from && to <= span.to).map(({ place }) => place),
  );
  const quarters = new Set(
    past
      .slice(-ESTIMATE_DAYS)
      .flatMap((one) => one.day.quarters.filter(({ place }) => places.has(place)))
      .map(({ from }) => Math.floor(from / QUARTER_MS)),
  );
  const then = chats.filter(({ startedAt }) => quarters.has(Math.floor(startedAt / QUARTER_MS)));
  const byCampaign = Map.groupBy(then, ({ campaign }) => campaign);
  return [...byCampaign].flatMap(([campaign, own]) =>
    campaign === null ? [] : [{ campaign, own: own.length, all: then.length }],
  );
}
