/** The weekly report leaves once, to whom it should, when it should. */
import { env, exports } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { expect, test, vi } from "vitest";
import { conversations } from "../../migrations/schema.ts";
import { type Mail, type Mailer, mailerOf } from "../../workers/mail/mailer.ts";
import { sendDueReports, sendWeeklyReports } from "../../workers/overview/send-reports.ts";
import { makeSite } from "./site.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Monday at eight in Paris. */
const MONDAY = Date.parse("2026-11-16T07:00:00Z");
const SITE = { timezone: "Europe/Paris", locale: "fr" as const };

function collecting(fails: (mail: Mail) => boolean = () => false): { mailer: Mailer; sent: Mail[] } {
  const sent: Mail[] = [];
  return {
    sent,
    mailer: {
      send(mail) {
        if (fails(mail)) return Promise.reject(new Error("no route"));
        sent.push(mail);
        return Promise.resolve();
      },
    },
  };
}

test("OVW14: two runs at once, one a minute later and one the week after: each address has one letter a week", async () => {
  const { key } = await makeSite({ ...SITE, report_recipients: ["anne@lin.example", "bo@lin.example"] });
  await makeSite({ ...SITE, timezone: "America/New_York", report_recipients: ["late@ny.example"] });
  await makeSite(SITE);
  const { mailer, sent } = collecting();
  await sendDueReports(env, mailer, MONDAY - 60_000);
  expect(sent).toEqual([]);
  await Promise.all([sendDueReports(env, mailer, MONDAY), sendDueReports(env, mailer, MONDAY)]);
  await sendDueReports(env, mailer, MONDAY + 60_000);
  expect(sent.map(({ to }) => to).toSorted()).toEqual(["anne@lin.example", "bo@lin.example"]);
  expect(sent[0]?.text).toContain(`/admin/${key}?period=4w`);
  expect(sent[0]?.subject).toContain("est-ce que cela marche");
  await sendDueReports(env, mailer, MONDAY + DAY);
  expect(sent).toHaveLength(2);
  await sendDueReports(env, mailer, MONDAY + 6 * HOUR);
  expect(sent.at(-1)?.to).toBe("late@ny.example");
  await sendDueReports(env, mailer, MONDAY + 7 * DAY);
  expect(sent).toHaveLength(5);
});

test("OVW14: one that could not be sent is tried again, and holds up nobody else's", async () => {
  await makeSite({ ...SITE, report_recipients: ["down@lin.example", "up@lin.example"] });
  const failing = collecting(({ to }) => to.startsWith("down"));
  await expect(sendDueReports(env, failing.mailer, MONDAY)).rejects.toThrow("a weekly report was not sent");
  expect(failing.sent.map(({ to }) => to)).toEqual(["up@lin.example"]);
  const { mailer, sent } = collecting();
  await sendDueReports(env, mailer, MONDAY + 5 * 60_000);
  expect(sent.map(({ to }) => to)).toEqual(["down@lin.example"]);
});

test("OVW13: its figures are those that the API answers for the same weeks", async () => {
  const site = await makeSite({ ...SITE, locale: "en", report_recipients: ["anne@lin.example"] });
  const at = Date.parse("2026-11-03T10:00:00Z");
  for (let index = 0; index < 3; index += 1) {
    const own = at + index * HOUR;
    await drizzle(env.DB)
      .insert(conversations)
      .values({
        site: site.key,
        id: `cnv_${index}`,
        revision: 1,
        visitorId: `v${index}`,
        status: "closed",
        agentId: "usr_a",
        createdAt: own,
        firstVisitorMessageAt: own,
        firstAgentMessageAt: own + 24_000,
        closedAt: own + 60_000,
        visitorMessages: 1,
        agentMessages: 1,
      });
  }
  const { mailer, sent } = collecting();
  await sendDueReports(env, mailer, MONDAY);
  const span = "from=2026-10-18T22:00:00Z&to=2026-11-15T23:00:00Z";
  const answer = await exports.default.fetch(`http://localhost/api/sites/${site.key}/overview?${span}`, {
    headers: { authorization: `Bearer ${site.apiKey}` },
  });
  const told: { figures: { first_reply_median: { now: { value: number } } } } = await answer.json();
  expect(told.figures.first_reply_median.now.value).toBe(24);
  expect(sent[0]?.text).toContain("First reply, median, by the clock: 24\u00a0s");
  expect(sent[0]?.html).toContain("24\u00a0s");
});

test("OVW25: where a site has hours its letter counts the first reply inside them, says so, and leads to the same", async () => {
  const site = await makeSite({
    ...SITE,
    locale: "en",
    report_recipients: ["anne@lin.example"],
    business_hours: [
      {
        dayOfWeek: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
        opens: "09:00",
        closes: "18:00",
      },
    ],
  });
  const day = Date.parse("2026-11-03T00:00:00+01:00");
  // By day after twenty seconds; what was asked in the evening was answered the morning after.
  const talks = [
    [10, 20],
    [11, 20],
    [17, 20],
    [20, 13 * 3_600 + 30],
    [21, 12 * 3_600 + 30],
    [22, 11 * 3_600 + 30],
    [23, 10 * 3_600 + 30],
  ] as const;
  for (const [hour, seconds] of talks) {
    const at = day + hour * HOUR;
    await drizzle(env.DB)
      .insert(conversations)
      .values({
        site: site.key,
        id: `cnv_${hour}`,
        revision: 1,
        visitorId: `v${hour}`,
        status: "closed",
        agentId: "usr_a",
        createdAt: at,
        firstVisitorMessageAt: at,
        firstAgentMessageAt: at + seconds * 1_000,
        closedAt: at + seconds * 1_000 + 60_000,
        visitorMessages: 1,
        agentMessages: 1,
      });
  }
  const { mailer, sent } = collecting();
  await sendDueReports(env, mailer, MONDAY);
  const text = sent[0]?.text ?? "";
  expect(text).toContain("First reply, median, inside business hours: 30\u00a0s");
  expect(text).toContain(`/admin/${site.key}?period=4w&business_hours=true`);
  const read = async (more: string) => {
    const span = `from=2026-10-19&to=2026-11-16${more}`;
    const answer = await exports.default.fetch(`http://localhost/api/sites/${site.key}/overview?${span}`, {
      headers: { authorization: `Bearer ${site.apiKey}` },
    });
    const told: { business_hours: boolean; figures: { first_reply_median: { now: { value: number } } } } =
      await answer.json();
    return [told.business_hours, told.figures.first_reply_median.now.value];
  };
  expect(await read("&business_hours=true")).toEqual([true, 30]);
  const [inside, clock] = await read("");
  expect(inside).toBe(false);
  expect(clock).toBe(10 * 3_600);
});

test("OVW14: without a binding the letter is in the log of one machine; with one it goes through it", async () => {
  await makeSite({ ...SITE, report_recipients: ["anne@lin.example"] });
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  await sendWeeklyReports(env, MONDAY);
  const lines = log.mock.calls.map(([line]) => String(line)).filter((line) => line.includes('"what":"mail"'));
  log.mockRestore();
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "{}")).toMatchObject({ to: "anne@lin.example" });

  const sent: object[] = [];
  const bound = {
    ...env,
    MAIL_FROM: "aparte@lin.example",
    MAIL: { send: (mail: object) => sent.push(mail) },
  };
  await mailerOf(bound).send({ to: "a@b.fr", subject: "s", text: "t", html: "<p>" });
  expect(sent).toEqual([{ from: "aparte@lin.example", to: "a@b.fr", subject: "s", text: "t", html: "<p>" }]);
});
