/** One campaign's condition against the facts of one moment, leaf by leaf, and the gate that said no. */
import Check from "lucide-static/icons/check.svg?raw";
import Cross from "lucide-static/icons/x.svg?raw";
import Minus from "lucide-static/icons/minus.svg?raw";
import type { VNode } from "preact";
import type { Json } from "../../../domain/visit/facts.ts";
import type { WireCampaign, WirePart } from "../../../domain/targeting/why-wire.ts";
import { Icon } from "../../shared/icon.tsx";
import { screenPath, useSite } from "../site.ts";
import { askedWords, factWords } from "./asked.ts";
import { Answer } from "./campaign-table.tsx";
import { refusalWords, WAITING } from "./gate-cells.ts";
import { y } from "./words.ts";

type Leaf = Extract<WirePart, { kind: "leaf" }>;
type Joined = "all" | "anyFirst" | "anyNext" | "noneFirst" | "noneNext";
/** A leaf as a row: how it is joined to the one before, whether it did what was wanted, and whether that mattered. */
type Row = { leaf: Leaf; joined: Joined; met: boolean; needed: boolean };

export function CampaignDetails({
  campaign,
  at,
  zone,
}: {
  campaign: WireCampaign;
  at: string;
  zone: string;
}): VNode {
  const site = useSite();
  const { name, matched, held, of, condition, gates } = campaign;
  const rows = rowsOf(condition, true, true);
  const refusing = gates.find(({ answer, gate }) => answer === "no" && gate !== WAITING);
  return (
    <section class="details" aria-label={name}>
      <div class="section-head">
        <h2>{name}</h2>
        <span class={`tag ${matched ? "good" : "bad"}`}>
          <Icon svg={matched ? Check : Cross} size={12} />
          {of === 0 ? y("noCondition") : y("score", { held, of })}
        </span>
      </div>
      {rows.length === 0 ? (
        <p class="quiet">{y("always")}</p>
      ) : (
        <div class="table-scroll" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{y("colCondition")}</th>
                <th scope="col">{y("colAsked")}</th>
                <th scope="col">{y("detailsOf", { at })}</th>
                <th scope="col">
                  <span class="sr-only">{y("held")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row, index) => (
                <LeafRow key={index} row={row} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p class="note details-foot">
        {refusing === undefined ? null : (
          <>
            <Answer yes={false}>{y(`reason_${refusing.gate}`)}</Answer> {refusalWords(refusing, zone)}
            {" · "}
          </>
        )}
        <a href={screenPath(site.key, "campaigns", campaign.campaign)}>{y("editCampaign")}</a>
      </p>
    </section>
  );
}

function LeafRow({ row: { leaf, joined, met, needed } }: { row: Row }): VNode {
  const { path, operand, value, hidden } = leaf;
  const state = met ? "held" : needed ? "notHeld" : "notNeeded";
  return (
    <tr>
      <th scope="row">{joined === "all" ? path : y(joined, { fact: path })}</th>
      <td class="quiet">{askedWords(path, operand as Json)}</td>
      <td>
        <strong>{hidden ? y("hiddenValue") : factWords(path, value as Json)}</strong>
      </td>
      <td class={`leaf-${state}`}>
        <Icon svg={met ? Check : needed ? Cross : Minus} />
        <span class="sr-only">{y(state)}</span>
      </td>
    </tr>
  );
}

/** The leaves of `part` in their order, each joined as its group says; `wanted` is whether they are to hold. */
function rowsOf(part: WirePart, wanted: boolean, needed: boolean): Row[] {
  if (part.kind === "leaf") return [{ leaf: part, joined: "all", met: part.held === wanted, needed }];
  const { kind } = part;
  return part.parts.flatMap((inner, index) => {
    const matters = needed && (kind !== "any" || part.held !== wanted);
    const rows = rowsOf(inner, kind === "none" ? !wanted : wanted, matters);
    if (kind === "all") return rows;
    const joined = `${kind}${index === 0 ? "First" : "Next"}` as const;
    return rows.map((row, place) => (place === 0 ? { ...row, joined } : row));
  });
}
