/** What happened at a moment, in one sentence: what was shown, what was not and why. */
import type { VNode } from "preact";
import type { WireCampaign, WireExplanation, WireMoment } from "../../../domain/targeting/why-wire.ts";
import { clock } from "./clock.ts";
import { WAITING } from "./gate-cells.ts";
import { y } from "./words.ts";

type Props = { explained: WireExplanation; moment: WireMoment | undefined; zone: string };

export function MomentSentence({ explained, moment, zone }: Props): VNode {
  const { campaigns, excluded_by, unreadable } = explained;
  const matched = campaigns.filter((one) => one.matched).length;
  const stopped = stoppedOf(campaigns);
  const waited = campaigns.some(({ result }) => result === WAITING);
  return (
    <div class="moment-sentence">
      <p class="sentence">{sentenceOf(explained, moment, clock(explained.at, zone), matched, stopped)}</p>
      <p class="quiet">
        {matched === 0 ? null : `${y("rulesHeld", { matched })} `}
        {campaigns.length === 0 ? null : y("dash")}
        {waited && stopped?.result !== WAITING ? ` ${y("waited")}` : null}
        {excluded_by === null ? null : ` ${y("excludedBy", { segment: excluded_by })}`}
        {unreadable.length === 0 ? null : ` ${y("unreadable", { n: unreadable.length })}`}
      </p>
    </div>
  );
}

/** The campaign that the sentence names: the first that something of its own stopped, else the first that matched. */
function stoppedOf(campaigns: readonly WireCampaign[]): WireCampaign | undefined {
  const matched = campaigns.filter((each) => each.matched);
  return matched.find(({ result }) => result !== WAITING) ?? matched[0];
}

function sentenceOf(
  { campaigns, engaged }: WireExplanation,
  moment: WireMoment | undefined,
  at: string,
  matched: number,
  stopped: WireCampaign | undefined,
): VNode {
  const one = campaigns.find(({ campaign }) => campaign === engaged);
  if (one !== undefined) return engagedSentence(one, moment?.decision != null, at, campaigns.length - 1);
  if (campaigns.length === 0) return <>{y("atNoCampaign", { at })}</>;
  if (stopped === undefined) return <>{y("atNone", { at })}</>;
  if (stopped.result === WAITING) return <>{y("atWaited", { at, matched })}</>;
  return (
    <>
      {y("atStopped", { at, matched })} <em>{y(`reason_${stopped.result}`)}</em>
      {y("atStoppedRest", { campaign: stopped.name })}
    </>
  );
}

function engagedSentence(
  { name, assignment }: WireCampaign,
  decided: boolean,
  at: string,
  others: number,
): VNode {
  if (!decided) {
    return (
      <>
        {y("atWould", { at })} <em>{name}</em>
        {y("atWouldRest")}
      </>
    );
  }
  const held = assignment?.arm === "holdout";
  return (
    <>
      {y(held ? "atHeld" : "atShown", { at })} <em>{name}</em>
      {held ? y("atHeldRest") : y("atShownRest", { variant: assignment?.variant ?? "", others })}
    </>
  );
}
