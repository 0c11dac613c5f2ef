/** Why this visitor was asked to talk, by whom and in which words. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { Reading } from "../live/reading.ts";
import { readCampaign, type Reason } from "../model/campaign.ts";
import type { Invitation, InvitedBy } from "../model/visitor.ts";
import { locale, t as common } from "../words.ts";
import { Group } from "./group.tsx";
import { t } from "./words.ts";

const SIGNS: Readonly<Record<string, string>> = {
  $eq: "=",
  $ne: "≠",
  $gt: ">",
  $gte: "≥",
  $lt: "<",
  $lte: "≤",
  $regex: "~",
  $regexi: "~",
};

export type WhyInvitedProps = {
  site: string;
  invitation: Invitation | null;
  invitedBy: InvitedBy | null;
  decided: boolean;
};

export function WhyInvited({ site, invitation, invitedBy, decided }: WhyInvitedProps): VNode {
  return (
    <Group title={common("why_invited")}>
      {invitation !== null ? (
        <CampaignOf key={invitation.campaign} site={site} invitation={invitation} />
      ) : invitedBy !== null ? (
        <ByHand by={invitedBy} />
      ) : (
        <p class="note">{common(decided ? "invited_unknown" : "came_alone")}</p>
      )}
    </Group>
  );
}

function ByHand({ by }: { by: InvitedBy }): VNode {
  return (
    <>
      <p>
        {t("invited_by_agent", { agent: by.agent })}
        <span class="quiet">, {t("invited_by_hand")}</span>
      </p>
      {by.text === null ? <p class="note">{t("house_words")}</p> : <Said words={by.text} />}
    </>
  );
}

/** The campaign's name, words and reasons; until they are read, or where they cannot be, its id. */
function CampaignOf({ site, invitation }: { site: string; invitation: Invitation }): VNode {
  const { campaign, variant } = invitation;
  const [reading] = useState(() => new Reading(`/api/sites/${site}/campaigns/${campaign}`, readCampaign));
  const known = reading.state.value.value;
  const words = known?.variants.find(({ key }) => key === variant)?.words;
  const said = words?.[locale.value] ?? words?.fr ?? words?.en ?? null;
  return (
    <>
      <p>
        {common("campaign_named", { name: known?.name ?? campaign })}
        <span class="quiet">, {common("variant_named", { variant: variant.toUpperCase() })}</span>
      </p>
      {said === null ? null : <Said words={said} />}
      <p class="tags">
        {(known?.reasons ?? []).map((reason) => (
          <span key={`${reason.fact} ${reason.operator}`} class="tag">
            {sayReason(reason)}
          </span>
        ))}
      </p>
    </>
  );
}

function Said({ words }: { words: string }): VNode {
  return <blockquote class="system-line context-words">{words}</blockquote>;
}

/** A reason in words where there are words for it, else as the condition says it. */
function sayReason({ fact, operator, value }: Reason): string {
  const key = `reason_${fact}_${operator}`;
  const words = common(key, { value: Number(value), text: value.replace(/^\^|\$$/g, "") });
  return words === key ? `${fact} ${SIGNS[operator] ?? operator} ${value}` : words;
}
