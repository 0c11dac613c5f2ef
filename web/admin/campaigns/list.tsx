/** All campaigns in the order in which they are judged, and the way to a new one. */
import Plus from "lucide-static/icons/plus.svg?raw";
import type { VNode } from "preact";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { request } from "../../shared/api.ts";
import { dateTime, number, percent } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { useResource } from "../resource.ts";
import { locale, t } from "../session.ts";
import { apiPath, screenPath, useSite, type Page } from "../site.ts";
import { Empty, PageHead, Shown } from "../states.tsx";
import { StatusTag } from "./status-tag.tsx";

export function CampaignList(): VNode {
  const site = useSite();
  const resource = useResource(site.key, (signal) =>
    request<Page<Campaign>>("GET", `${apiPath(site.key, "campaigns")}?limit=200`, undefined, { signal }),
  );
  const create = site.role === "admin" ? screenPath(site.key, "campaigns", "new") : null;
  return (
    <>
      <PageHead title={t("navCampaigns")}>
        {create === null ? null : (
          <a class="button primary" href={create}>
            <Icon svg={Plus} />
            {t("newCampaign")}
          </a>
        )}
      </PageHead>
      <Shown resource={resource} title={t("campaignsFailed")}>
        {({ items }) => (items.length === 0 ? <NoCampaign create={create} /> : <Table campaigns={items} />)}
      </Shown>
    </>
  );
}

function NoCampaign({ create }: { create: string | null }): VNode {
  return (
    <Empty title={t("noCampaignYet")}>
      <p>{t("noCampaignText")}</p>
      {create === null ? null : <a href={create}>{t("newCampaign")}</a>}
    </Empty>
  );
}

function Table({ campaigns }: { campaigns: Campaign[] }): VNode {
  const site = useSite();
  const zone = site.settings.timezone;
  const ordered = campaigns.toSorted((a, b) => b.priority - a.priority);
  const live = campaigns.filter((campaign) => campaign.status === "live").length;
  return (
    <>
      <p class="sentence status-sentence">{t("sentenceCampaigns", { live })}</p>
      <div class="table-scroll" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("campaign")}</th>
              <th scope="col">{t("state")}</th>
              <th scope="col">{t("kind")}</th>
              <th scope="col" class="number">
                {t("priority")}
              </th>
              <th scope="col" class="number">
                {t("holdout")}
              </th>
              <th scope="col" class="number">
                {t("phase")}
              </th>
              <th scope="col">{t("changed")}</th>
              <th scope="col">{t("result")}</th>
            </tr>
          </thead>
          <tbody>
            {ordered.map((campaign) => (
              <tr key={campaign.id}>
                <th scope="row">
                  <a href={screenPath(site.key, "campaigns", campaign.id)}>{campaign.name}</a>
                </th>
                <td>
                  <StatusTag status={campaign.status} />
                </td>
                <td>{t(`kind_${campaign.kind}`)}</td>
                <td class="number">{number(locale.value, campaign.priority)}</td>
                <td class="number">{percent(locale.value, campaign.holdout, 0)}</td>
                <td class="number">{campaign.phase}</td>
                <td>{dateTime(locale.value, campaign.updated_at, zone)}</td>
                <td>
                  <ResultLink campaign={campaign} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** A draft has nothing to tell yet. */
function ResultLink({ campaign: { id, name, status } }: { campaign: Campaign }): VNode | null {
  const site = useSite();
  if (status === "draft") return null;
  return (
    <a href={screenPath(site.key, "campaigns", id, "results")} aria-label={t("resultOf", { campaign: name })}>
      {t("result")}
    </a>
  );
}
