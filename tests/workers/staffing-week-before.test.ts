/** A day beside a week before, over the API, where the other day is no longer kept and where the day has not begun. */
import { beforeEach, expect, test, vi } from "vitest";
import { WireIntraday } from "../../domain/staffing/intraday-wire.ts";
import { calendarOf } from "../../domain/kpi/calendar.ts";
import { daysFrom } from "../../domain/staffing/local-day.ts";
import { request } from "./chat-client.ts";
import { tell } from "./rollup-world.ts";
import { HOUR_MS, sealAll } from "./sealed-world.ts";
import { sessionRecord } from "./session-record.ts";
import { makeSite } from "./site.ts";

/** All that is told is older than its months. */
const DUE = Date.parse("2029-01-10T12:00:00Z");
const LONG_AGO = Date.parse("2026-10-24T08:10:00Z");

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: DUE }));

test("STA22: a day whose other one is no longer kept names it and is not compared; a day to come stands beside none", async () => {
  const { key: site, apiKey } = await makeSite({ timezone: "Europe/Paris" });
  await tell(site, [
    sessionRecord({
      id: "ses_1",
      visitor_id: "v1",
      started_at: LONG_AGO,
      last_at: LONG_AGO,
      ended_at: LONG_AGO,
    }),
  ]);
  const first = calendarOf("Europe/Paris").dayOf(await sealAll(site, DUE));
  vi.setSystemTime(DUE + HOUR_MS);
  const read = async (date: string) => {
    const headers = { authorization: `Bearer ${apiKey}` };
    const answer = await request(`/api/sites/${site}/intraday?date=${date}`, { headers });
    expect([date, answer.status]).toEqual([date, 200]);
    return WireIntraday.parse(await answer.json()).week_before;
  };
  expect(await read(daysFrom(first, 6))).toEqual({ date: daysFrom(first, -1), until: null, told: null });
  expect(await read(daysFrom(first, 7))).toMatchObject({
    date: first,
    until: null,
    told: { reached: { arrivals: 0 }, differences: { arrivals: { value: 0 }, service_level: null } },
  });
  expect(await read("2029-01-10")).toMatchObject({ date: "2029-01-03", until: "2029-01-03T13:00:00.000Z" });
  expect(await read("2029-01-11")).toBeNull();
});
