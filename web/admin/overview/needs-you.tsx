/** What needs somebody: a sentence each, and one way to go. */
import Campaign from "lucide-static/icons/megaphone.svg?raw";
import Flag from "lucide-static/icons/flag.svg?raw";
import Hourglass from "lucide-static/icons/hourglass.svg?raw";
import Late from "lucide-static/icons/clock-alert.svg?raw";
import Money from "lucide-static/icons/coins.svg?raw";
import Split from "lucide-static/icons/split.svg?raw";
import Warning from "lucide-static/icons/triangle-alert.svg?raw";
import type { VNode } from "preact";
import type { FindingWire, OverviewWire } from "../../../domain/overview/wire.ts";
import { duration, number } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { locale } from "../session.ts";
import { screenPath, useSite } from "../site.ts";
import { dayName } from "./days.ts";
import { o } from "./words.ts";

const LOOK: Record<FindingWire["code"], { icon: string; tone: string }> = {
  history_late: { icon: Warning, tone: "bad" },
  unusable_split: { icon: Split, tone: "bad" },
  worse: { icon: Flag, tone: "bad" },
  long_waits: { icon: Late, tone: "warn" },
  better: { icon: Flag, tone: "good" },
  no_difference: { icon: Flag, tone: "" },
  holdout_missing: { icon: Hourglass, tone: "warn" },
  too_few: { icon: Hourglass, tone: "" },
  margin_missing: { icon: Money, tone: "" },
  costs_missing: { icon: Money, tone: "" },
  no_campaign: { icon: Campaign, tone: "" },
};

export function NeedsYou({ overview }: { overview: OverviewWire }): VNode {
  const found = overview.needs_you;
  return (
    <section class="needs-you" aria-labelledby="needs-you">
      <div class="section-head">
        <h2 id="needs-you">{o("needsTitle")}</h2>
        <span class="note">{number(locale.value, found.length)}</span>
      </div>
      {found.length === 0 ? (
        <p class="quiet">{o("needsNothing")}</p>
      ) : (
        <ul>
          {found.map((finding) => (
            <Row key={`${finding.code} ${"campaign" in finding ? finding.campaign : ""}`} finding={finding} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ finding }: { finding: FindingWire }): VNode {
  const site = useSite();
  const { icon, tone } = LOOK[finding.code];
  const said = wordsOf(finding);
  return (
    <li>
      <span class={tone}>
        <Icon svg={icon} />
      </span>
      <div>
        <strong>{o(`find_${finding.code}`, said)}</strong>
        <p class="note">{o(`find_${finding.code}_note`, said)}</p>
      </div>
      <a class="button small" href={targetOf(finding, site.key)}>
        {o(`find_${finding.code}_do`)}
      </a>
    </li>
  );
}

function wordsOf(finding: FindingWire): Record<string, string | number> {
  const language = locale.value;
  switch (finding.code) {
    case "history_late":
      return { letters: finding.letters, behind: duration(finding.behind_seconds) };
    case "unusable_split": {
      const counts = (all: readonly number[]) => all.map((one) => number(language, one)).join(" : ");
      const shares = finding.planned.map((share) => Math.round(share * 1_000) / 10);
      return {
        name: finding.name,
        users: counts(finding.users),
        planned: shares.map((share) => number(language, share, 1)).join(" : "),
      };
    }
    case "long_waits":
      return {
        late: finding.late,
        chats: finding.chats,
        target: duration(finding.target_seconds),
        day: dayName(language, finding.day, { weekday: "long", day: "numeric", month: "short" }),
        from: finding.from_hour,
        to: finding.to_hour,
      };
    case "worse":
    case "better":
    case "no_difference":
    case "holdout_missing":
    case "too_few":
      return { name: finding.name };
    default:
      return {};
  }
}

function targetOf(finding: FindingWire, site: string): string {
  switch (finding.code) {
    case "history_late":
      return screenPath(site, "install");
    case "long_waits":
      return `${screenPath(site, "staffing")}?date=${finding.day}`;
    case "unusable_split":
    case "worse":
    case "better":
    case "no_difference":
    case "too_few":
      return screenPath(site, "campaigns", finding.campaign, "results");
    case "holdout_missing":
      return screenPath(site, "campaigns", finding.campaign);
    case "no_campaign":
      return screenPath(site, "campaigns", "new");
    default:
      return screenPath(site, "settings");
  }
}
