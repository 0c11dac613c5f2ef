/** The one line, who may use it, and whether it has been received. */
import "./install.css";
import Check from "lucide-static/icons/circle-check.svg?raw";
import Hourglass from "lucide-static/icons/hourglass.svg?raw";
import Warning from "lucide-static/icons/triangle-alert.svg?raw";
import type { VNode } from "preact";
import { request } from "../../shared/api.ts";
import { number, time } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { countOf, type KpiAnswer, type KpiRow } from "../overview/kpi-view.ts";
import { periodRange } from "../overview/periods.ts";
import { useResource } from "../resource.ts";
import { locale, t } from "../session.ts";
import { apiPath, screenPath, useSite } from "../site.ts";
import { DataAge, PageHead, Shown } from "../states.tsx";
import { ChatLink } from "./chat-link.tsx";
import { Snippet } from "./snippet.tsx";

const POLL_MS = 5_000;
const HOUR_MS = 3_600_000;

export function Install(): VNode {
  const site = useSite();
  const { allowed_origins: origins, timezone } = site.settings;
  const today = useResource(
    `${site.key} ${timezone}`,
    (signal) => {
      const { from, to } = periodRange("today", timezone, Date.now());
      const wanted = new URLSearchParams({ from, to, group_by: "hour" });
      return request<KpiAnswer>("GET", `${apiPath(site.key, "kpis")}?${wanted}`, undefined, { signal });
    },
    POLL_MS,
  );
  return (
    <>
      <PageHead title={t("installTitle")} />
      <p class="sentence status-sentence">{t("installSentence")}</p>
      <Snippet site={site.key} />
      <p class="note">{t("installNote")}</p>
      <section aria-labelledby="origins-title">
        <h2 id="origins-title">{t("originsTitle")}</h2>
        {origins.length === 0 ? (
          <p class="banner warn">
            <Icon svg={Warning} />
            <span>
              {t("originsAny")} <a href={screenPath(site.key, "settings")}>{t("originsChange")}</a>
            </span>
          </p>
        ) : (
          <ul class="origins">
            {origins.map((origin) => (
              <li key={origin}>
                <code>{origin}</code>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section aria-labelledby="received-title">
        <div class="section-head">
          <h2 id="received-title">{t("receivedTitle")}</h2>
          <DataAge resource={today} />
        </div>
        <Shown resource={today} title={t("receivedFailed")} lines={1}>
          {(answer) => <Received rows={answer.rows} zone={timezone} />}
        </Shown>
        <ol class="steps">
          <li>{t("verifyOpen")}</li>
          <li>{t("verifyConsent")}</li>
          <li>{t("verifyWait")}</li>
        </ol>
      </section>
      <ChatLink />
    </>
  );
}

function Received({ rows, zone }: { rows: KpiRow[]; zone: string }): VNode {
  const visitors = rows.reduce((sum, row) => sum + countOf(row, "visitors"), 0);
  const last = rows.findLast((row) => countOf(row, "visitors") > 0)?.group ?? null;
  const clock = (at: number): string => time(locale.value, at, zone);
  return last === null ? (
    <p class="banner">
      <Icon svg={Hourglass} />
      <span>{t("receivedNone")}</span>
    </p>
  ) : (
    <p class="banner good">
      <Icon svg={Check} />
      <span>
        {t("receivedSome", {
          n: visitors,
          shown: number(locale.value, visitors),
          from: clock(Date.parse(last)),
          to: clock(Math.min(Date.parse(last) + HOUR_MS, Date.now())),
        })}
      </span>
    </p>
  );
}
