/** Reports that other tools have got wrong by the clock: the zone, its half hours, its changes, and the days that are free. */
import { expect, test } from "vitest";
import { calendarOf } from "../../domain/kpi/calendar.ts";
import { kpiRows } from "../../domain/kpi/measure.ts";
import { weekOfHours } from "../../domain/overview/hours.ts";
import { readOpenDays } from "../../domain/site/open-days.ts";
import { chat, DAY, history, HOUR, MINUTE, scope, whole } from "./kpi-history.ts";

const at = (moment: string): number => Date.parse(moment);

/** How many conversations came in each hour of the week, as the overview draws and hands them out. */
function week(zone: string, startedAt: readonly number[], from: number, to: number) {
  const calendar = calendarOf(zone);
  const parts = history({ chats: startedAt.map((moment, index) => chat(`v${index}`, moment)) });
  const rows = kpiRows(parts, { ...scope, zone, from, to, now: to + DAY, groupBy: "hour" });
  const hours = rows.flatMap(({ group, conversations }) => {
    if (group === null) return [];
    const begun = Date.parse(group);
    const hour = Number(
      new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", hourCycle: "h23" }).format(begun),
    );
    const counts = { conversations: conversations.value ?? 0, buyers: 0, chatters: 0 };
    return [{ day: calendar.dayOf(begun), hour, ...counts }];
  });
  return {
    cells: weekOfHours(hours, []).filter(({ conversations }) => conversations > 0),
    total: rows.reduce((sum, { conversations }) => sum + (conversations.value ?? 0), 0),
  };
}

test("KPI40: the busiest time told in the server's hours: it is the site's, also where a zone is half an hour off", () => {
  // A quarter past nine on Friday morning in Kolkata, still a quarter to four in UTC; and ten past
  // midnight there, the day before in UTC.
  const came = [at("2026-11-20T03:45:00Z"), at("2026-11-20T03:55:00Z"), at("2026-11-19T18:40:00Z")];
  const { cells, total } = week("Asia/Kolkata", came, at("2026-11-18T18:30:00Z"), at("2026-11-21T18:30:00Z"));
  expect(cells.map(({ weekday, hour, conversations }) => [weekday, hour, conversations])).toEqual([
    [5, 0, 1],
    [5, 9, 2],
  ]);
  expect(total).toBe(3);
});

test("KPI40: the night in which a clock goes back: its hour comes twice, counts once a week, and nothing of it is lost", () => {
  // Half past two in Paris, before and after the change.
  const came = [at("2026-10-25T00:30:00Z"), at("2026-10-25T01:30:00Z")];
  const [from, to] = [at("2026-10-24T22:00:00Z"), at("2026-10-25T23:00:00Z")];
  const { cells, total } = week("Europe/Paris", came, from, to);
  expect(cells).toMatchObject([{ weekday: 7, hour: 2, conversations: 2, times: 1 }]);
  expect(total).toBe(2);
  const parts = history({ chats: came.map((moment, index) => chat(`v${index}`, moment)) });
  const days = kpiRows(parts, { ...scope, from, to, now: to + DAY, groupBy: "day" });
  expect(days.map(({ group, conversations }) => [group, conversations.value])).toEqual([["2026-10-25", 2]]);
});

test("KPI36: a weekend off in the time that something took: inside hours they count for nothing", () => {
  const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"] as const;
  const hours = weekdays.map((dayOfWeek) => ({ dayOfWeek: [dayOfWeek], opens: "09:00", closes: "18:00" }));
  const open = readOpenDays(hours, {
    timezone: "Europe/Paris",
    holidays: { calendar: "none", dates: [] },
  });
  // Asked on Friday at five, answered and over on Monday at ten.
  const asked = at("2026-11-20T16:00:00Z");
  const over = at("2026-11-23T09:00:00Z");
  const parts = { chats: [chat("ada", asked, { answeredAt: over - MINUTE, closedAt: over })] };
  const span = { from: asked - HOUR, to: over + DAY, now: over + 10 * DAY, open };
  expect(whole(parts, { ...span, businessHours: true }).resolution_time_median.value).toBe(2 * 3_600);
  expect(whole(parts, span).resolution_time_median.value).toBe(2 * 86_400 + 16 * 3_600);
});
