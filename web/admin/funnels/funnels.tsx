/** The site's funnels: what each asks, and the checkout that every shop has. */
import "./funnels.css";
import Plus from "lucide-static/icons/plus.svg?raw";
import type { VNode } from "preact";
import { useLocation } from "preact-iso";
import type { Funnel } from "../../../domain/site/resources.ts";
import { CHECKOUT, CHECKOUT_STEPS } from "../../../domain/visit/funnel.ts";
import { request } from "../../shared/api.ts";
import { Icon } from "../../shared/icon.tsx";
import { periodIn } from "../carried-period.ts";
import { useResource } from "../resource.ts";
import { apiPath, type Page, screenPath, useSite } from "../site.ts";
import { PageHead, Shown } from "../states.tsx";
import { funnelName, stepName } from "./figures.ts";
import { f } from "./words.ts";

export type SavedFunnel = Funnel & { id: string; version: number };

type Listed = { id: string; key: string; name: string; steps: { key: string; name: string }[]; own: boolean };

const OWN: Listed = {
  id: CHECKOUT,
  key: CHECKOUT,
  name: CHECKOUT,
  steps: CHECKOUT_STEPS.map((key) => ({ key, name: key })),
  own: true,
};

export function Funnels(): VNode {
  const site = useSite();
  const resource = useResource(`funnels ${site.key}`, (signal) =>
    request<Page<SavedFunnel>>("GET", `${apiPath(site.key, "funnels")}?limit=200`, undefined, { signal }),
  );
  return (
    <>
      <PageHead title={f("title")}>
        <a class="button primary" href={screenPath(site.key, "funnels", "new")}>
          <Icon svg={Plus} />
          {f("new")}
        </a>
      </PageHead>
      <Shown resource={resource} title={f("listFailed")}>
        {({ items }) => <List items={items} />}
      </Shown>
    </>
  );
}

function List({ items }: { items: readonly SavedFunnel[] }): VNode {
  const site = useSite();
  const period = periodIn(useLocation().query);
  const own = items.some(({ key }) => key === CHECKOUT) ? [] : [OWN];
  const listed: Listed[] = [...items.map((item) => ({ ...item, own: false })), ...own];
  return (
    <>
      <p class="sentence status-sentence">{f("listSentence", { n: items.length })}</p>
      <div class="table-scroll" tabIndex={0}>
        <table class="funnel-list">
          <thead>
            <tr>
              <th scope="col">{f("funnel")}</th>
              <th scope="col">{f("steps")}</th>
              <th scope="col">
                <span class="sr-only">{f("actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {listed.map((funnel) => (
              <tr key={funnel.id}>
                <th scope="row">
                  <a href={`${screenPath(site.key, "funnels", funnel.id)}${period}`}>{funnelName(funnel)}</a>
                  {funnel.own ? <span class="note">{f("ownNote")}</span> : null}
                </th>
                <td>{funnel.steps.map(stepName).join(" → ")}</td>
                <td class="number">
                  {funnel.own ? null : (
                    <a href={screenPath(site.key, "funnels", funnel.id, "edit")}>
                      {f("editNamed", { name: funnel.name })}
                    </a>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
