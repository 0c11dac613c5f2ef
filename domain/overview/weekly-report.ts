/**
 * The weekly report as a letter: the overview's answer, in words, as plain text and as HTML.
 *
 * One list of parts is made first, and both forms are written from it, so that they cannot say different things. Whatever
 * somebody typed (a site's name, a campaign's) is text in both.
 *
 * Shapes  `OverviewWire` in, so that its figures are those of the API; a `Letter` out.
 * Errors  none.
 */
import {
  FIGURE_NAMES,
  findingWords,
  REPORT_WORDS,
  type ReportCampaign,
  type ReportFigure,
  type ReportLocale,
  type Writer,
  writerOf,
} from "./report-words.ts";
import type { OverviewWire } from "./wire.ts";

export type Letter = { subject: string; text: string; html: string };
export type Letterhead = { site: string; locale: ReportLocale; link: string };

type Row = { name: string; value: string; note?: string };
type Part =
  | { kind: "title" | "big" | "line" | "quiet"; text: string }
  | { kind: "heading"; text: string }
  | { kind: "table"; rows: Row[] }
  | { kind: "list"; items: string[] }
  | { kind: "link"; text: string; href: string };

const DAY_MS = 86_400_000;
const POINTS = 100;
const MOST_DECIMALS = 6;

export function weeklyReport(overview: OverviewWire, { site, locale, link }: Letterhead): Letter {
  const words = REPORT_WORDS[locale];
  const writer = writerOf(locale, overview.currency);
  const { timezone } = overview;
  const last = new Date(Date.parse(overview.to) - DAY_MS / 2).toISOString();
  const span = `${writer.date(overview.from, timezone)} – ${writer.date(last, timezone)}`;
  const parts: Part[] = [
    { kind: "title", text: words.title },
    { kind: "quiet", text: `${site} · ${span}` },
    ...earnedParts(overview, locale, writer),
    { kind: "heading", text: words.needs },
    overview.needs_you.length === 0
      ? { kind: "line", text: words.needsNothing }
      : { kind: "list", items: overview.needs_you.map((one) => findingWords(one, locale, writer)) },
    { kind: "heading", text: words.service },
    { kind: "table", rows: serviceRows(overview, locale, writer) },
    ...campaignParts(overview, locale, writer),
    { kind: "link", text: words.open, href: link },
    { kind: "quiet", text: words.why },
  ];
  return {
    subject: oneLine(words.subject(site, span)),
    text: `${parts.map(inText).join("\n\n")}\n`,
    html: page(locale, words.title, parts.map(inHtml).join("\n")),
  };
}

function earnedParts(overview: OverviewWire, locale: ReportLocale, writer: Writer): Part[] {
  const words = REPORT_WORDS[locale];
  const { earned, margin, agents_and_platform: cost, net, roi, attributed, campaigns } = overview;
  const { revenue } = earned;
  const credited = { name: words.attributed, value: writer.money(attributed.revenue) };
  const heading: Part = { kind: "heading", text: words.earned[earned.basis] };
  if (revenue === null) {
    return [heading, { kind: "line", text: words.none[earned.state] }, { kind: "table", rows: [credited] }];
  }
  const spanOf = (of: { value: number; low: number; high: number }) =>
    words.points(writer.roughly(of.value, of), writer.roughly(of.low, of), writer.roughly(of.high, of));
  const hidden = campaigns.filter((row) => row.is_missing);
  const rests = words.rests(writer.count(earned.visitors.invited), writer.count(earned.visitors.held_out));
  const bought =
    earned.bought === null
      ? ""
      : `, ${words.bought(writer.percent(earned.bought.invited), writer.percent(earned.bought.held_out))}`;
  const rows: Row[] = [
    ...(margin?.amount == null
      ? []
      : [{ name: words.margin(writer.percent(margin.share, 0)), value: spanOf(margin.amount) }]),
    ...(cost === null ? [] : [{ name: words.costs, value: writer.money(Math.round(cost)) }]),
    ...(net !== null
      ? [{ name: words.net, value: spanOf(net) }]
      : cost !== null && margin?.amount != null
        ? [{ name: words.net, value: `- (${words.netUnknown})` }]
        : []),
    ...(roi === null
      ? []
      : [
          {
            name: words.roi,
            value: words.points(
              writer.percent(roi.value, 0),
              writer.percent(roi.low, 0),
              writer.percent(roi.high, 0),
            ),
          },
        ]),
    credited,
  ];
  return [
    heading,
    { kind: "big", text: writer.roughly(revenue.value, revenue) },
    {
      kind: "line",
      text: `${words.interval(writer.roughly(revenue.low, revenue), writer.roughly(revenue.high, revenue))}. ${rests}${bought}.`,
    },
    ...(revenue.low <= 0 && revenue.high >= 0 ? [{ kind: "line" as const, text: words.nothing }] : []),
    ...(hidden.length === 0 || earned.basis === "site_holdout"
      ? []
      : [{ kind: "quiet" as const, text: `${words.without}${hidden.map(({ name }) => name).join(", ")}.` }]),
    { kind: "table", rows },
  ];
}

function serviceRows(overview: OverviewWire, locale: ReportLocale, writer: Writer): Row[] {
  const words = REPORT_WORDS[locale];
  const write = (name: ReportFigure, value: number | null): string => {
    if (name === "aov_assisted") return writer.money(value);
    return name === "first_reply_median" ? writer.seconds(value) : writer.percent(value);
  };
  return (Object.keys(FIGURE_NAMES.en) as ReportFigure[]).map((name) => {
    const { now, before, maturing } = overview.figures[name];
    const told = (figure: typeof now) => (figure.too_few === true ? "-" : write(name, figure.value));
    const note =
      now.too_few === true
        ? words.few(writer.count(now.n))
        : now.denominator === null
          ? ""
          : `${words.of(writer.count(now.numerator), writer.count(now.denominator))} · `;
    const label = FIGURE_NAMES[locale][name];
    const counted = overview.business_hours ? words.inside : words.byTheClock;
    return {
      name: name === "first_reply_median" ? `${label}, ${counted}` : label,
      value: told(now),
      note:
        now.too_few === true
          ? note
          : `${note}${words.before}${locale === "fr" ? "\u00a0: " : ": "}${told(before)}${maturing === null ? "" : ` · ${words.maturing}`}`,
    };
  });
}

function campaignParts(overview: OverviewWire, locale: ReportLocale, writer: Writer): Part[] {
  const words = REPORT_WORDS[locale];
  if (overview.campaigns.length === 0) return [];
  const rows = overview.campaigns.map(({ name, phase, difference, visitors }): Row => {
    const named = phase > 1 ? `${name} (${phase})` : name;
    return {
      name: named,
      value: difference === null ? words.hidden : pointsOf(difference, locale, writer),
      note: `n = ${writer.count(visitors)}`,
    };
  });
  return [
    { kind: "heading", text: words.campaigns },
    { kind: "table", rows },
  ];
}

function pointsOf(
  { value, low, high }: NonNullable<ReportCampaign["difference"]>,
  locale: ReportLocale,
  writer: Writer,
): string {
  const nearest = low <= 0 && high >= 0 ? Infinity : Math.min(Math.abs(low), Math.abs(high)) * POINTS;
  let digits = 1;
  // An end that is not 0 is not written as 0.
  while (digits < MOST_DECIMALS && Number(nearest.toFixed(digits)) === 0) digits += 1;
  const signed = (share: number) => {
    const points = Number((share * POINTS).toFixed(digits)) + 0;
    return `${points > 0 ? "+" : ""}${writer.count(points, digits)}`;
  };
  return REPORT_WORDS[locale].points(signed(value), signed(low), signed(high));
}

function inText(part: Part): string {
  switch (part.kind) {
    case "title":
      return `${oneLine(part.text)}\n${"=".repeat(oneLine(part.text).length)}`;
    case "heading":
      return `${oneLine(part.text)}\n${"-".repeat(oneLine(part.text).length)}`;
    case "table":
      return part.rows
        .map(({ name, value, note = "" }) => oneLine(`${name}: ${value}${note === "" ? "" : ` · ${note}`}`))
        .join("\n");
    case "list":
      return part.items.map((item) => `* ${oneLine(item)}`).join("\n");
    case "link":
      return `${part.text}: ${part.href}`;
    default:
      return oneLine(part.text);
  }
}

const STYLE = {
  title: "font:400 26px/34px Georgia,serif;margin:0 0 4px",
  heading: "font:400 18px/26px Georgia,serif;margin:24px 0 4px;border-top:1px solid #1b2027;padding-top:12px",
  big: "font:400 44px/52px Georgia,serif;margin:0",
  line: "margin:4px 0",
  quiet: "margin:4px 0;color:#69665e;font-size:13px",
  cell: "padding:5px 0;border-bottom:1px solid #ddd7ca;text-align:left;vertical-align:top",
  number: "padding:5px 0 5px 16px;border-bottom:1px solid #ddd7ca;text-align:right;vertical-align:top",
} as const;

function inHtml(part: Part): string {
  switch (part.kind) {
    case "title":
      return `<h1 style="${STYLE.title}">${escape(part.text)}</h1>`;
    case "heading":
      return `<h2 style="${STYLE.heading}">${escape(part.text)}</h2>`;
    case "table":
      return `<table role="presentation" width="100%" style="border-collapse:collapse;font-size:14px">${part.rows.map(rowHtml).join("")}</table>`;
    case "list":
      return `<ul style="margin:4px 0;padding-left:20px">${part.items.map((item) => `<li>${escape(item)}</li>`).join("")}</ul>`;
    case "link":
      return `<p style="margin:24px 0 8px"><a href="${escape(part.href)}" style="color:#1b2027">${escape(part.text)}</a></p>`;
    default:
      return `<p style="${STYLE[part.kind]}">${escape(part.text)}</p>`;
  }
}

function rowHtml({ name, value, note = "" }: Row): string {
  const quiet = note === "" ? "" : `<br><span style="color:#69665e;font-size:12px">${escape(note)}</span>`;
  return `<tr><td style="${STYLE.cell}">${escape(name)}${quiet}</td><td style="${STYLE.number}">${escape(value)}</td></tr>`;
}

function page(locale: ReportLocale, title: string, body: string): string {
  return `<!doctype html>
<html lang="${locale}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title></head>
<body style="margin:0;background:#f6f3ec;color:#1b2027;font:400 15px/22px system-ui,sans-serif">
<div style="max-width:600px;margin:0 auto;padding:24px">
${body}
</div>
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

/** No line of a letter, and no header of it, is begun by what somebody typed. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
}
