/** The weekly report's letter, and when it is due. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SHOWN_KPIS } from "../../domain/overview/shown.ts";
import { reportDue } from "../../domain/overview/week.ts";
import { weeklyReport } from "../../domain/overview/weekly-report.ts";
import { OverviewWire } from "../../domain/overview/wire.ts";
import { SiteSettings } from "../../domain/site/settings.ts";
import { duration } from "../../web/shared/format.ts";

const span = (value: number, low: number, high: number) => ({ value, low, high });
const figure = (value: number | null, numerator: number | null, denominator: number | null) => ({
  now: { value, numerator, denominator, n: denominator ?? 0, interval: null },
  before: { value, numerator, denominator, n: denominator ?? 0, interval: null },
  change: null,
  maturing: null,
});

function overviewOf(part: Partial<OverviewWire> = {}): OverviewWire {
  return OverviewWire.parse({
    from: "2026-10-18T22:00:00.000Z",
    to: "2026-11-15T23:00:00.000Z",
    before: { from: "2026-09-20T22:00:00.000Z", to: "2026-10-18T22:00:00.000Z" },
    business_hours: false,
    timezone: "Europe/Paris",
    currency: "EUR",
    earned: {
      basis: "campaigns",
      state: "measured",
      from: "2026-10-18T22:00:00.000Z",
      to: "2026-11-15T23:00:00.000Z",
      revenue: span(42_913, 17_404, 68_422),
      visitors: { invited: 49_184, held_out: 12_308 },
      bought: { invited: 0.0712, held_out: 0.063 },
      course: [],
      counted_at: null,
    },
    margin: { share: 0.55, amount: span(23_602, 9_572, 37_632) },
    agents_and_platform: 7_920,
    net: span(15_682, 1_652, 29_712),
    roi: span(1.98, 0.2086, 3.7515),
    attributed: { revenue: 84_700, orders: 812 },
    figures: {
      ...Object.fromEntries(SHOWN_KPIS.map((name) => [name, figure(null, null, null)])),
      coverage_rate: figure(0.863, 61_492, 71_240),
      first_reply_median: figure(21, 21, null),
    },
    needs_you: [{ code: "better", campaign: "cmp_a", name: "Cart help" }],
    campaigns: [],
    ...part,
  });
}
const HEAD = { site: "Atelier Lin", locale: "en" as const, link: "https://app.example/admin/lin?period=4w" };

describe("the letter", () => {
  test("OVW13: it tells the API's figures in both languages, as text and as HTML alike", () => {
    const english = weeklyReport(overviewOf(), HEAD);
    const french = weeklyReport(overviewOf(), { ...HEAD, locale: "fr" });
    expect(english.subject).toBe("Atelier Lin: is it working? 19 Oct 2026 – 15 Nov 2026");
    const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");
    for (const text of [english.text, english.html]) {
      for (const told of [
        "€43,000",
        "€17,000 to €68,000",
        "49,184",
        "7.1% against 6.3%",
        "86.3%",
        "61,492 / 71,240",
      ])
        expect(plain(text)).toContain(told);
      expect(text).toContain("Attributed, not incremental");
      expect(text).toContain("Cart help has its answer");
    }
    for (const text of [french.text, french.html]) {
      for (const told of ["43 000 €", "7,1 % contre 6,3 %", "86,3 %", "Attribué, non incrémental"])
        expect(plain(text)).toContain(told);
    }
    expect(plain(french.subject)).toBe("Atelier Lin : est-ce que cela marche ? 19 oct. 2026 – 15 nov. 2026");
  });

  test("OVW13 RES34: an effect whose interval leaves 0 out does not end at a written 0", () => {
    const campaign = {
      id: "cmp_a",
      name: "Cart help",
      kind: "chat",
      status: "live",
      phase: 1,
      state: "likely_better" as const,
      goal: "sale" as const,
      visitors: 2_000,
      held_out: 1_000,
      planned_visitors: null,
      earliest_reading_at: null,
      users: null,
      planned_shares: null,
      basis: "sequential" as const,
      difference: span(0.01225, 0.000125, 0.0244),
      smallest: null,
      contributes: null,
      is_missing: false,
    };
    const letter = (part: Partial<typeof campaign>) =>
      weeklyReport(overviewOf({ campaigns: [{ ...campaign, ...part }] }), HEAD).text;
    expect(letter({})).toContain("+1.23 (+0.01 to +2.44)");
    expect(letter({ difference: span(0.012, -0.0001, 0.0244) })).toContain("+1.2 (0 to +2.4)");
  });

  test("OVW22: it writes a duration as the screens do", () => {
    const { figures } = overviewOf();
    const reply = { ...figure(119, 119, null), before: figure(630, 630, null).now };
    const letter = (locale: "en" | "fr") =>
      weeklyReport(overviewOf({ figures: { ...figures, first_reply_median: reply } }), { ...HEAD, locale });
    for (const locale of ["en", "fr"] as const) {
      const { text, html } = letter(locale);
      for (const form of [text, html]) {
        expect(form).toContain(duration(119));
        expect(form).toContain(duration(630));
      }
    }
    expect(letter("en").text).toContain("1\u00a0min\u00a059\u00a0s");
  });

  test("OVW25: it says whether the first reply is counted inside business hours or by the clock", () => {
    const said = (business_hours: boolean, locale: "en" | "fr") =>
      weeklyReport(overviewOf({ business_hours }), { ...HEAD, locale });
    expect(said(true, "en").text).toContain("First reply, median, inside business hours: 21\u00a0s");
    expect(said(false, "en").html).toContain("First reply, median, by the clock");
    expect(said(true, "fr").html).toContain("Première réponse, médiane, pendant les heures d’ouverture");
    expect(said(false, "fr").text).toContain("Première réponse, médiane, à toute heure: 21\u00a0s");
    // Nothing else is counted either way.
    expect(said(true, "en").text).toContain("Coverage: 86.3%");
  });

  test("OVW13: without a figure it says why, and what is attributed stays marked", () => {
    const { earned } = overviewOf();
    for (const state of ["collecting", "not_measurable", "unusable_split", "too_few"] as const) {
      const none = overviewOf({
        earned: { ...earned, state, revenue: null, bought: null },
        net: null,
        roi: null,
      });
      const { text } = weeklyReport(none, HEAD);
      expect(text).not.toContain("95% interval");
      expect(text).not.toContain("Margin");
      expect(text).toContain("Attributed, not incremental: €84,700");
    }
    const maybe = overviewOf({ earned: { ...earned, revenue: span(5_000, -1_000, 11_000) } });
    expect(weeklyReport(maybe, HEAD).text).toContain("It may still be nothing");
  });

  test("OVW13: what somebody typed is text: no element, no line, no header of its own", () => {
    const typed = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.constantFrom(
        "<img src=x onerror=alert(1)>",
        '"><script>',
        "a\r\nBcc: x@y.z",
        "</title><b>",
        "&lt;b&gt;",
      ),
    );
    const tagsOf = (html: string) =>
      (html.match(/<[^>]*>/g) ?? []).map((tag) => tag.replaceAll(/"[^"]*"/g, ""));
    const needs = (name: string) => overviewOf({ needs_you: [{ code: "better", campaign: "cmp_a", name }] });
    const tags = tagsOf(weeklyReport(needs("x"), HEAD).html);
    fc.assert(
      fc.property(typed, typed, (site, name) => {
        const letter = weeklyReport(needs(name), { ...HEAD, site });
        expect(tagsOf(letter.html)).toEqual(tags);
        expect(letter.subject).not.toMatch(/[\r\n]/);
        expect(letter.text.split("\n")).toHaveLength(weeklyReport(needs("x"), HEAD).text.split("\n").length);
      }),
    );
  });
});

describe("when", () => {
  test("OVW14: on Monday from eight on by the site's clock, for the four whole weeks before, whatever the clocks do", () => {
    const due = (at: string, zone = "Europe/Paris") => reportDue(Date.parse(at), zone);
    expect(due("2026-11-16T06:59:59Z")).toBeNull();
    expect(due("2026-11-16T07:00:00Z")).toEqual({
      monday: "2026-11-16",
      from: Date.parse("2026-10-18T22:00:00Z"),
      to: Date.parse("2026-11-15T23:00:00Z"),
    });
    expect(due("2026-11-16T22:59:59Z")?.monday).toBe("2026-11-16");
    expect(due("2026-11-16T23:00:00Z")).toBeNull();
    expect(due("2026-11-15T12:00:00Z")).toBeNull();
    expect(due("2026-11-16T07:00:00Z", "America/New_York")).toBeNull();
    expect(due("2026-11-16T13:00:00Z", "America/New_York")?.monday).toBe("2026-11-16");
  });

  test("OVW14: an address is an e-mail address", () => {
    const recipients = (...report_recipients: string[]) =>
      SiteSettings.safeParse({ key: "lin", name: "Lin", report_recipients }).success;
    expect(recipients("anne@lin.example", "b@c.fr")).toBe(true);
    for (const wrong of [
      "anne",
      "anne@lin",
      "a@b.c\nBcc: x@y.z",
      "Anne <anne@lin.example>",
      "a@b.fr,c@d.fr",
      "",
    ])
      expect(recipients(wrong)).toBe(false);
  });
});
