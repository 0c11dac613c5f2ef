/** "Return": what inviting is expected to earn, what it earned, what contacts cost, and what is due for a month. */
import "../objectives/objectives.css";
import "./return.css";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { BusinessCase } from "../../../domain/roi/business-case.ts";
import type { WireCaseReport } from "../../../domain/roi/wire.ts";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { request } from "../../shared/api.ts";
import { useResource } from "../resource.ts";
import { apiPath, type Page, useSite } from "../site.ts";
import { Empty, PageHead, Shown } from "../states.tsx";
import { CaseForm } from "./case-form.tsx";
import { CasePanel } from "./case-panel.tsx";
import { Contacts } from "./contacts.tsx";
import { ReturnSentence } from "./return-sentence.tsx";
import { Statements } from "./statements.tsx";
import { g } from "./words.ts";

export type SavedCase = BusinessCase & { id: string; version: number };
export type CaseWithReport = { saved: SavedCase; report: WireCaseReport };
type Read = { cases: CaseWithReport[]; campaigns: Campaign[] };

export function Return(): VNode {
  const site = useSite();
  const [making, setMaking] = useState(false);
  const resource = useResource<Read>(`return ${site.key}`, async (signal) => {
    const [saved, reports, campaigns] = await Promise.all([
      request<Page<SavedCase>>("GET", `${apiPath(site.key, "business-cases")}?limit=20`, undefined, {
        signal,
      }),
      request<{ items: WireCaseReport[] }>("GET", apiPath(site.key, "business-cases", "reports"), undefined, {
        signal,
      }),
      request<Page<Campaign>>("GET", `${apiPath(site.key, "campaigns")}?limit=200`, undefined, { signal }),
    ]);
    const by = new Map(reports.items.map((report) => [report.id, report]));
    const cases = saved.items.flatMap((item) => {
      const report = by.get(item.id);
      return report === undefined ? [] : [{ saved: item, report }];
    });
    return { cases, campaigns: campaigns.items };
  });
  const campaigns = resource.data?.campaigns ?? [];
  return (
    <div class="return">
      <PageHead title={g("title")}>
        <button type="button" class="primary" onClick={() => setMaking(true)}>
          {g("newCase")}
        </button>
      </PageHead>
      {making ? (
        <CaseForm
          campaigns={campaigns}
          onDone={() => {
            setMaking(false);
            resource.reload();
          }}
          onCancel={() => setMaking(false)}
        />
      ) : null}
      <Shown resource={resource} title={g("failed")}>
        {({ cases }) =>
          cases.length === 0 && making ? null : cases.length === 0 ? (
            <Empty title={g("none")}>
              <p>{g("noneText")}</p>
            </Empty>
          ) : (
            <>
              <ReturnSentence cases={cases} />
              {cases.map((one) => (
                <CasePanel
                  key={one.saved.id}
                  {...one}
                  campaign={campaigns.find(({ id }) => id === one.saved.campaign)?.name ?? null}
                  onChanged={resource.reload}
                />
              ))}
            </>
          )
        }
      </Shown>
      <Contacts campaigns={campaigns} />
      <Statements campaigns={campaigns} />
    </div>
  );
}
