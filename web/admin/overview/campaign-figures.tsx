/** Each campaign's counts in the period. No effect is told here: counts of one arm are not an effect. */
import type { VNode } from "preact";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { number } from "../../shared/format.ts";
import { StatusTag } from "../campaigns/status-tag.tsx";
import { locale, t } from "../session.ts";
import { screenPath, useSite } from "../site.ts";
import { countOf, type KpiRow } from "./kpi-view.ts";

export function CampaignFigures({ rows, campaigns }: { rows: KpiRow[]; campaigns: Campaign[] }): VNode {
  const site = useSite();
  const language = locale.value;
  const seen = campaigns.filter(
    (campaign) => campaign.status !== "draft" || rows.some((row) => row.group === campaign.id),
  );
  return (
    <section aria-labelledby="campaign-figures">
      <div class="section-head">
        <h2 id="campaign-figures">{t("navCampaigns")}</h2>
        <span class="note">{t("campaignFiguresNote")}</span>
      </div>
      {seen.length === 0 ? (
        <p class="quiet">
          {t("noCampaignYet")} <a href={screenPath(site.key, "campaigns", "new")}>{t("newCampaign")}</a>
        </p>
      ) : (
        <div class="table-scroll" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("campaign")}</th>
                <th scope="col">{t("state")}</th>
                {(["triggered", "shown", "accepted", "assisted", "heldOut"] as const).map((name) => (
                  <th key={name} scope="col" class="number">
                    {t(`kpi_${name}`)}
                  </th>
                ))}
                <th scope="col">{t("effect")}</th>
              </tr>
            </thead>
            <tbody>
              {seen.map((campaign) => {
                const row = rows.find((one) => one.group === campaign.id);
                const held = countOf(row, "heldOut");
                return (
                  <tr key={campaign.id}>
                    <th scope="row">
                      <a href={screenPath(site.key, "campaigns", campaign.id)}>{campaign.name}</a>
                      <br />
                      <span class="quiet kind">{t(`kind_${campaign.kind}`)}</span>
                    </th>
                    <td>
                      <StatusTag status={campaign.status} />
                    </td>
                    {(["triggered", "shown", "accepted", "assisted"] as const).map((name) => (
                      <td key={name} class="number">
                        {number(language, countOf(row, name))}
                      </td>
                    ))}
                    <td class="number">
                      {campaign.holdout === 0 && held === 0 ? "-" : number(language, held)}
                    </td>
                    <td class="quiet">
                      {t(campaign.holdout === 0 && held === 0 ? "effectNoHoldout" : "effectCollecting")}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
