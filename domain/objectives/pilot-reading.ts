/**
 * By which figures a pilot is read, and what it says that no figure could tell.
 *
 * Nothing records which visitors were "in a pilot": a share of the traffic and a few pages are those of the campaign that
 * carries it, or of nothing. Which agents took part is known of conversations and of hours. So a pilot names the campaign
 * of its pages and share, which must be what that campaign does; what agents do is read of the agents who are named, and
 * what is offered of the campaign. A criterion on a figure that neither knows would stay open for ever, and is refused.
 *
 * Shapes  `FigureSource` says whose figures; a `PilotFault` where the pilot says something that is not so.
 * Units   shares from 0 to 1.
 * Errors  returned, never thrown.
 */
import type { CampaignInput } from "../targeting/campaign.ts";
import { readCondition } from "../targeting/condition.ts";
import { compileThree, MAYBE, NO, YES, type Plan } from "../targeting/plan.ts";
import { type MeasuredKpi, traitOf } from "./measured-kpis.ts";
import type { Pilot } from "./objective.ts";

export const FIGURE_SOURCES = ["site", "campaign", "agents"] as const;
export type FigureSource = (typeof FIGURE_SOURCES)[number];

export const PILOT_FAULTS = ["no_campaign", "other_share", "other_pages", "unknown_figure"] as const;
export type PilotFault = { code: (typeof PILOT_FAULTS)[number]; path: string; message: string };

/** What a campaign says of whom it is for; as it was in one of its phases. */
export type Carrier = Pick<CampaignInput, "condition" | "holdout" | "namespace">;

/** Shares are typed as whole percentages. */
const SHARE_STEP = 0.005;
const PATH = "page.path";
/** No page of any site. */
const NO_PAGE = "/\u0000";

/** Whose figures tell `kpi` of a pilot; null where none do. */
export function sourceOf(
  kpi: MeasuredKpi,
  { agents, campaign }: Pick<Pilot, "agents" | "campaign">,
): FigureSource | null {
  const { of } = traitOf(kpi);
  if (agents.length > 0 && (of === "conversations" || of === "agents")) return "agents";
  if (campaign != null) return of === "visitors" || of === "agents" ? null : "campaign";
  return agents.length > 0 ? null : "site";
}

/**
 * The first thing that `pilot` says and that cannot be read. `carriers` are its campaign as it is, or as it was in the
 * phases that ran in its days; none where it names no campaign.
 */
export function pilotFault(pilot: Pilot, carriers: readonly Carrier[]): PilotFault | null {
  const { share, pages, campaign, criteria } = pilot;
  if (campaign == null && (share < 1 || pages.length > 0)) {
    const what = pages.length > 0 ? "pages are" : "a share of the traffic is";
    return fault("no_campaign", "campaign", `${what} carried by a campaign: name it`);
  }
  for (const carrier of carriers) {
    const carried = shareOf(carrier);
    if (Math.abs(carried - share) > SHARE_STEP) {
      return fault("other_share", "share", `the campaign invites ${percent(carried)} of its visitors`);
    }
    if (!carriesPages(carrier.condition, pages)) {
      return fault(
        "other_pages",
        "pages",
        `the campaign's condition does not keep to these pages by ${PATH}`,
      );
    }
  }
  const unknown = criteria.findIndex(({ kpi }) => sourceOf(kpi, pilot) === null);
  return unknown < 0
    ? null
    : fault(
        "unknown_figure",
        `criteria.${unknown}.kpi`,
        "this is not known of who takes part, only of the site",
      );
}

function fault(code: PilotFault["code"], path: string, message: string): PilotFault {
  return { code, path, message };
}

const percent = (share: number) => `${Math.round(share * 1_000) / 10} %`;

/** The part of its visitors whom a campaign may invite. */
function shareOf({ holdout, namespace }: Carrier): number {
  const width = namespace == null ? 1 : namespace.to - namespace.from;
  return width * (1 - holdout);
}

/** Whether the condition can hold on each of `pages`, and on none that it does not name itself among them. */
function carriesPages(condition: Carrier["condition"], pages: readonly string[]): boolean {
  if (pages.length === 0) return true;
  const read = readCondition(condition);
  if (!read.ok) return false;
  const onPage = canHold(read.plan);
  const named = read.leaves.flatMap(({ path, operand }) => (path === PATH ? textsOf(operand) : []));
  return (
    !onPage(NO_PAGE) &&
    pages.every((page) => onPage(page)) &&
    named.every((page) => pages.includes(page) || !onPage(page))
  );
}

/** Whether a condition can hold on a page, whatever else is so. */
function canHold(plan: Plan): (page: string) => boolean {
  const ask = compileThree<string>(plan, ({ path, test }) => {
    if (path !== PATH) return () => MAYBE;
    return (page) => (test(page) ? YES : NO);
  });
  return (page) => ask(page) !== NO;
}

/** The pages that a test of the path names: one, or those of its lists. */
function textsOf(operand: unknown): string[] {
  if (typeof operand === "string") return [operand];
  if (typeof operand !== "object" || operand === null) return [];
  return Object.entries(operand).flatMap(([operator, value]) => {
    if (operator === "$eq" && typeof value === "string") return [value];
    if (operator !== "$in" || !Array.isArray(value)) return [];
    return value.filter((page) => typeof page === "string");
  });
}
