/**
 * The built page with a site's words in it. What the site is called is text: the rewriter escapes it.
 */
import type { Availability } from "../../domain/availability/availability.ts";
import type { OpenDay } from "../../domain/availability/week-ahead.ts";
import type { EpochMs } from "../../domain/ids.ts";
import { PAGE_WORDS, type PageLocale, placeOf, timesOf } from "./words.ts";

export type Shown = {
  key: string;
  name: string;
  locale: PageLocale;
  timezone: string;
  available: Pick<Availability, "state" | "actions" | "opensAt">;
  /** Null where the site has no hours. */
  week: OpenDay[] | null;
  now: EpochMs;
};

/** The page of a site. */
export function fillPage(page: Response, shown: Shown): Response {
  const words = PAGE_WORDS[shown.locale];
  const { key, name, timezone, available, week, now } = shown;
  const times = timesOf(shown.locale, timezone);
  const hidden = available.actions.includes("hide");
  const opens = available.opensAt === null ? "" : ` ${words.opens(times.when(available.opensAt, now))}`;
  const said = `${hidden ? words.hidden : words[available.state]}${opens}`;
  const rewriter = common(shown.locale, words.title(name))
    .on("h1", textOf(name))
    .on(".sentence", textOf(said))
    .on(".zone", textOf(opens === "" ? "" : words.zone(placeOf(timezone))))
    .on("noscript p", textOf(words.script))
    .on("button", {
      element(button) {
        button.setInnerContent(words.open);
        if (!hidden) button.removeAttribute("hidden");
      },
    });
  if (!hidden) {
    rewriter.on("head", {
      element(head) {
        head.append(`<script async src="/b.js" data-key="${attribute(key)}"></script>`, { html: true });
      },
    });
  }
  // Hours that are every hour are none to be shown.
  if (week !== null && !week.every(isAllDay)) {
    const rows = week.map(({ noon, spans }, index) => {
      const open = spans.map(({ from, to }) => `${times.clock(from)} – ${times.clock(to)}`);
      const text = isAllDay({ noon, spans })
        ? words.allDay
        : open.length === 0
          ? words.shut
          : open.join(", ");
      const today = index === 0 ? ' class="today"' : "";
      return `<div${today}><dt>${attribute(times.weekday(noon))}</dt><dd>${attribute(text)}</dd></div>`;
    });
    rewriter
      .on("section", { element: (section) => void section.removeAttribute("hidden") })
      .on("h2", textOf(words.hours))
      .on("dl", { element: (list) => void list.setInnerContent(rows.join(""), { html: true }) });
  }
  return rewriter.transform(page);
}

/** Of a day with a change of clocks an hour may be missing. */
const MOST_OF_A_DAY_MS = 23 * 3_600_000;

function isAllDay({ spans }: OpenDay): boolean {
  return spans.some(({ from, to }) => to - from >= MOST_OF_A_DAY_MS);
}

/** The same page where there is no such site. */
export function fillLost(page: Response, locale: PageLocale): Response {
  const words = PAGE_WORDS[locale];
  return common(locale, words.lost)
    .on("h1", textOf(words.lost))
    .on(".sentence", textOf(words.lostText))
    .on("noscript, button", { element: (element) => void element.remove() })
    .transform(page);
}

function common(locale: PageLocale, title: string): HTMLRewriter {
  return new HTMLRewriter()
    .on("html", { element: (html) => void html.setAttribute("lang", locale) })
    .on("title", textOf(title));
}

function textOf(text: string): HTMLRewriterElementContentHandlers {
  return { element: (element) => void element.setInnerContent(text) };
}

function attribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
