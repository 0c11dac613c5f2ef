/** The state in one sentence of the fixed list, what it rests on, and the one step that follows. */
import Check from "lucide-static/icons/shield-check.svg?raw";
import Alert from "lucide-static/icons/triangle-alert.svg?raw";
import Hourglass from "lucide-static/icons/hourglass.svg?raw";
import Down from "lucide-static/icons/trending-down.svg?raw";
import Up from "lucide-static/icons/trending-up.svg?raw";
import Equal from "lucide-static/icons/equal.svg?raw";
import Few from "lucide-static/icons/circle-dashed.svg?raw";
import Hidden from "lucide-static/icons/eye-off.svg?raw";
import type { VNode } from "preact";
import { date, percent } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { locale } from "../session.ts";
import { screenPath, useSite } from "../site.ts";
import { count, decimalsFor, plainPoints, pointsOf } from "./figures.ts";
import type { PartProps, Result } from "./results.tsx";
import { r } from "./words.ts";

const ICONS: Record<Result["state"], string> = {
  collecting: Hourglass,
  unusable_split: Alert,
  likely_better: Up,
  likely_worse: Down,
  no_difference_planned: Equal,
  inconclusive: Equal,
  too_few: Few,
  not_measurable: Hidden,
};
const TONES: Partial<Record<Result["state"], string>> = {
  likely_better: "good",
  likely_worse: "bad",
  unusable_split: "bad",
  not_measurable: "warn",
};
const LEADS: readonly Result["state"][] = ["collecting", "likely_better", "likely_worse", "unusable_split"];
const DAY_MS = 86_400_000;
const HOURS_A_DAY = 24;
type Gap = NonNullable<Result["srm"]["largest_gap"]>;

export function Sentence({ result }: PartProps): VNode {
  const site = useSite();
  const { state, basis, goal } = result;
  const tone = TONES[state] ?? "";
  return (
    <section class="result-sentence" aria-label={r("results")}>
      <p class="result-tags">
        <span class={`tag ${tone}`}>
          <Icon svg={ICONS[state]} size={12} />
          {r(`tag_${state}`, { goal })}
        </span>
        {basis === null ? null : (
          <span class="tag outline">
            <Icon svg={Check} size={12} />
            {r(`basis_${basis}`)}
          </span>
        )}
      </p>
      <p class="status-sentence">
        {LEADS.includes(state) ? <strong class={tone}>{r(`lead_${state}`)} </strong> : null}
        {sentenceOf(result, site.settings.timezone)}
      </p>
      <p class="result-under">{underOf(result, site.settings.timezone)}</p>
      {result.drifted ? <p class="banner warn">{r("drifted")}</p> : null}
      {state === "not_measurable" && result.status !== "deleted" ? (
        <a class="button primary" href={screenPath(site.key, "campaigns", result.campaign)}>
          {r("holdOutStep")}
        </a>
      ) : state === "likely_worse" && result.is_open ? (
        <a class="button primary" href={screenPath(site.key, "campaigns", result.campaign)}>
          {r("stopStep")}
        </a>
      ) : null}
    </section>
  );
}

function sentenceOf(result: Result, zone: string): string {
  const language = locale.value;
  const { state, basis, difference, plan, srm, goal, scarce } = result;
  const points = difference === null ? null : pointsOf(language, difference);
  const visitors = count(language, plan.visitors);
  const planned = plan.planned_visitors === null ? null : count(language, plan.planned_visitors);
  switch (state) {
    case "collecting":
      if (points !== null) {
        return planned === null
          ? r("say_running", points)
          : r("say_running_planned", { ...points, visitors, planned });
      }
      if (result.earliest_reading_at === null && result.plan.visitors > 0) {
        return r("say_days_missing", { visitors, count: plan.visitors, days: result.guards.days });
      }
      return planned === null
        ? r("say_collecting", { visitors, count: plan.visitors, days: daysUntil(result) })
        : r("say_collecting_planned", { visitors, planned, days: daysUntil(result) });
    case "likely_better":
    case "likely_worse":
      return points === null ? "" : r(`say_${state}_${adviceOf(result)}`, points);
    case "no_difference_planned":
      return points === null ? "" : r("say_no_difference_planned", { ...points, mde: mdeOf(result) });
    case "inconclusive":
      return points === null ? "" : r(`say_inconclusive_${basis ?? "sequential"}`, points);
    case "too_few":
      return r("say_too_few", { goal, of: scarce?.of ?? "conversions", arm: scarce?.arm ?? "control" });
    case "unusable_split":
      return splitSentence(srm, zone);
    case "not_measurable":
      return r("say_not_measurable");
    default:
      return state satisfies never;
  }
}

/** Of the whole; or where that is as planned, of the day, device or browser that is not. */
function splitSentence({ users, planned, whole, largest_gap: gap }: Result["srm"], zone: string): string {
  const language = locale.value;
  const written = (counts: readonly number[]) => counts.map((n) => count(language, n)).join(" : ");
  const shares = planned.map((share) => percent(language, share, 0).replace(/[\s\u00a0\u202f]?%/, ""));
  if (whole || gap === null) {
    return r("say_unusable_split", {
      users: written(users.toReversed()),
      planned: shares.toReversed().join(" : "),
    });
  }
  const held = planned[0] ?? 0;
  const due = [1 - held, held].map((share) => percent(language, share, 0).replace(/[\s\u00a0\u202f]?%/, ""));
  return r("say_unusable_group", {
    name: groupName(gap, zone),
    dimension: gap.dimension,
    users: written([gap.treated, gap.holdout]),
    planned: due.join(" : "),
  });
}

/** A device and a browser are called as they are told; a day by its date. */
function groupName({ dimension, name }: Pick<Gap, "dimension" | "name">, zone: string): string {
  return dimension === "day" ? date(locale.value, `${name}T12:00:00Z`, zone) : name;
}

/** What is said of a difference that is told: nobody can stop what lets no visitor in any more. */
function adviceOf({ basis, is_open }: Result): "final" | "sequential" | "stopped" {
  if (basis === "final") return "final";
  return is_open ? "sequential" : "stopped";
}

/** The difference that was planned to be seen, in points. */
export function mdeOf({ plan }: Result): string {
  const effect = plan.effect ?? 0;
  return plainPoints(locale.value, effect, decimalsFor({ low: -effect / 2, high: effect / 2 }));
}

function daysUntil({ earliest_reading_at, asked_at }: Result): number {
  if (earliest_reading_at === null) return 0;
  return Math.max(0, Math.ceil((Date.parse(earliest_reading_at) - Date.parse(asked_at)) / DAY_MS));
}

function underOf(result: Result, zone: string): string {
  const language = locale.value;
  const { state, difference, goal, srm } = result;
  switch (state) {
    case "likely_better":
    case "likely_worse": {
      const more = plainPoints(language, Math.abs(difference?.value ?? 0), 1);
      return r(state === "likely_better" ? "under_better" : "under_worse", { more, goal });
    }
    case "collecting":
      return difference === null
        ? r("under_collecting", { goal, ...windowOf(result.window_hours) })
        : r("under_reading");
    case "unusable_split": {
      const gap = srm.largest_gap;
      return [
        r("under_unusable", { p: smallP(srm.p ?? 0) }),
        // One that is named already is the sentence itself.
        gap === null || !srm.whole
          ? ""
          : r("under_gap", {
              name: groupName(gap, zone),
              treated: count(language, gap.treated),
              holdout: count(language, gap.holdout),
            }),
        srm.since === null
          ? ""
          : r("under_gap_since", { day: date(language, `${srm.since}T12:00:00Z`, zone) }),
      ].join(" ");
    }
    case "too_few":
      return r("under_too_few");
    case "not_measurable":
      return r("under_not_measurable");
    default:
      return r("under_reading");
  }
}

/** The window of a campaign in days where it is whole ones, else in hours. */
export function windowOf(hours: number): { unit: "days" | "hours"; window: number } {
  return hours % HOURS_A_DAY === 0
    ? { unit: "days", window: hours / HOURS_A_DAY }
    : { unit: "hours", window: hours };
}

/** "= 0.97", or "< 0.001". */
export function smallP(p: number): string {
  const language = locale.value;
  const write = (value: number, digits: number) =>
    new Intl.NumberFormat(language === "fr" ? "fr-FR" : "en-GB", { maximumFractionDigits: digits }).format(
      value,
    );
  return p < 0.001 ? `< ${write(0.001, 3)}` : `= ${write(p, p < 0.01 ? 4 : 2)}`;
}
