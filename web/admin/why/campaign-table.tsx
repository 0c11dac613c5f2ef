/** Every live campaign at one moment, gate by gate; two of them are chosen to be looked at side by side. */
import Arrow from "lucide-static/icons/arrow-right.svg?raw";
import Check from "lucide-static/icons/check.svg?raw";
import Cross from "lucide-static/icons/x.svg?raw";
import type { ComponentChildren, VNode } from "preact";
import type { WireCampaign } from "../../../domain/targeting/why-wire.ts";
import { percent } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { locale, t } from "../session.ts";
import { answerOf, COLUMNS, type Column, gatesIn, refusalWords, WAITING } from "./gate-cells.ts";
import { y } from "./words.ts";

type Props = {
  campaigns: readonly WireCampaign[];
  engaged: string | null;
  chosen: readonly string[];
  zone: string;
  onChoose: (campaign: string) => void;
};

export function CampaignTable({ campaigns, engaged, chosen, zone, onChoose }: Props): VNode {
  const spaced = campaigns.some(({ gates }) =>
    gatesIn(gates, "namespace").some(({ answer }) => answer !== "not_applicable"),
  );
  const columns = COLUMNS.filter((column) => column !== "namespace" || spaced);
  return (
    <div class="table-scroll" tabIndex={0}>
      <table class="why-table">
        <thead>
          <tr>
            <th scope="col">{y("campaign")}</th>
            <th scope="col">{y("col_rule")}</th>
            {columns.map((column) => (
              <th key={column} scope="col">
                {y(`col_${column}`)}
              </th>
            ))}
            <th scope="col">{y("col_arm")}</th>
            <th scope="col">{y("col_result")}</th>
          </tr>
        </thead>
        <tbody>
          {campaigns.map((one) => (
            <tr key={one.campaign} class={one.campaign === engaged ? "engaged" : ""}>
              <th scope="row">
                <button
                  type="button"
                  class="link"
                  aria-pressed={chosen.includes(one.campaign)}
                  aria-label={y("showDetails", { campaign: one.name })}
                  onClick={() => onChoose(one.campaign)}
                >
                  {one.name}
                </button>
                <br />
                <span class="quiet kind">
                  {t(`kind_${one.kind}`)} · {y("priority", { n: one.priority })}
                </span>
              </th>
              <td>
                <Rule campaign={one} />
              </td>
              {columns.map((column) => (
                <td key={column}>
                  <GateCell campaign={one} column={column} zone={zone} />
                </td>
              ))}
              <td>
                <ArmCell campaign={one} />
              </td>
              <td class={one.campaign === engaged ? "outcome" : ""}>
                {one.campaign === engaged ? <Icon svg={Arrow} size={12} /> : null}{" "}
                {y(one.result === WAITING ? "stoppedByWaiting" : `reason_${one.result}`)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A sign that is also said. */
export function Answer({ yes, children }: { yes: boolean; children?: ComponentChildren }): VNode {
  return (
    <span class={yes ? "answer yes" : "answer no"}>
      <Icon svg={yes ? Check : Cross} />
      {children ?? <span class="sr-only">{y(yes ? "yes" : "no")}</span>}
    </span>
  );
}

function Rule({ campaign: { matched, held, of } }: { campaign: WireCampaign }): VNode {
  if (matched) return <Answer yes />;
  return <Answer yes={false}>{y("score", { held, of })}</Answer>;
}

function GateCell({
  campaign,
  column,
  zone,
}: {
  campaign: WireCampaign;
  column: Column;
  zone: string;
}): VNode {
  const gates = gatesIn(campaign.gates, column);
  const answer = answerOf(gates);
  if (answer === "yes") return <Answer yes />;
  if (answer === "not_applicable") return <span class="quiet">{y("notApplicable")}</span>;
  const refusing = gates.find((gate) => gate.answer === "no");
  if (refusing?.gate === WAITING) return <Answer yes={false} />;
  if (refusing !== undefined) return <Answer yes={false}>{refusalWords(refusing, zone)}</Answer>;
  return (
    <span class="quiet">
      <span aria-hidden="true">–</span>
      <span class="sr-only">{y("notAsked")}</span>
    </span>
  );
}

function ArmCell({ campaign: { assignment } }: { campaign: WireCampaign }): VNode {
  if (assignment === null) {
    return (
      <span class="quiet">
        <span aria-hidden="true">–</span>
        <span class="sr-only">{y("notAsked")}</span>
      </span>
    );
  }
  const { arm, variant, probability } = assignment;
  return (
    <span>
      <strong>{arm === "holdout" ? y("armHoldout") : variant}</strong>{" "}
      <span class="quiet">{percent(locale.value, probability, 0)}</span>
    </span>
  );
}
