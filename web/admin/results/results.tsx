/** What a campaign's phase did: the sentence first, then arms, money, how it came about, and whether to trust it. */
import "./results.css";
import type { VNode } from "preact";
import { useLocation } from "preact-iso";
import type { ResultWire } from "../../../domain/results/wire.ts";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { request } from "../../shared/api.ts";
import { date } from "../../shared/format.ts";
import { StatusTag } from "../campaigns/status-tag.tsx";
import { useResource } from "../resource.ts";
import { locale, t } from "../session.ts";
import { apiPath, screenPath, useSite } from "../site.ts";
import { DataAge, PageHead, Shown } from "../states.tsx";
import { Course } from "./course.tsx";
import { EffectTable } from "./effect-table.tsx";
import { MoneyLine } from "./money-line.tsx";
import { PerConversation } from "./per-conversation.tsx";
import { PlanRow } from "./plan-row.tsx";
import { Sentence } from "./sentence.tsx";
import { Trust } from "./trust.tsx";
import { r } from "./words.ts";

export type Result = ResultWire & {
  campaign: string;
  name: string;
  status: Campaign["status"] | "deleted";
  phase: number;
  phases: { phase: number; started_at: string }[];
  goal: "sale" | "lead";
  currency: string;
  window_hours: number;
  is_open: boolean;
  asked_at: string;
  counted_at: string;
  history: { at: string; behind_seconds: number; letters: number; is_late: boolean };
};
/** What every part of the screen is given. */
export type PartProps = { result: Result };

const REFRESH_MS = 30_000;

export function Results({ id = "" }: { id?: string }): VNode {
  const site = useSite();
  const { query } = useLocation();
  const phase = query["phase"];
  const suffix = phase === undefined ? "" : `?phase=${encodeURIComponent(phase)}`;
  const read = useResource(
    `results ${id} ${suffix}`,
    (signal) => {
      const path = `${apiPath(site.key, "campaigns", id)}/results${suffix}`;
      return request<Result>("GET", path, undefined, { signal });
    },
    REFRESH_MS,
  );
  const result = read.data;
  const isThere = result !== undefined && result.status !== "deleted";
  return (
    <div class="results">
      <PageHead
        above={
          <p class="crumbs">
            <a href={screenPath(site.key, "campaigns")}>{t("navCampaigns")}</a>
            {isThere ? (
              <>
                {" › "}
                <a href={screenPath(site.key, "campaigns", id)}>{result.name}</a>
              </>
            ) : null}
          </p>
        }
        title={
          result === undefined ? (
            r("results")
          ) : (
            <>
              {result.name} <StatusTag status={result.status} />
            </>
          )
        }
      >
        <DataAge resource={read} />
        {result === undefined ? null : <PhaseChoice id={id} result={result} />}
        {isThere ? (
          <a class="button" href={screenPath(site.key, "campaigns", id)}>
            {r("edit")}
          </a>
        ) : null}
      </PageHead>
      <Shown resource={read} title={r("failed")} lines={8}>
        {(data) => <Panel result={data} />}
      </Shown>
    </div>
  );
}

function PhaseChoice({ id, result }: { id: string; result: Result }): VNode | null {
  const site = useSite();
  const { route } = useLocation();
  const at = (started: string) => date(locale.value, started, site.settings.timezone);
  const [first] = result.phases;
  if (result.phases.length < 2) {
    return first === undefined ? null : <span class="note">{r("since", { at: at(first.started_at) })}</span>;
  }
  return (
    <label class="phase-choice">
      <span class="sr-only">{r("phase")}</span>
      <select
        value={String(result.phase)}
        onChange={(event) =>
          route(`${screenPath(site.key, "campaigns", id, "results")}?phase=${event.currentTarget.value}`)
        }
      >
        {result.phases.map(({ phase, started_at }) => (
          <option key={phase} value={String(phase)}>
            {r("phaseSince", { phase, at: at(started_at) })}
          </option>
        ))}
      </select>
    </label>
  );
}

function Panel(props: PartProps): VNode {
  return (
    <>
      <Sentence {...props} />
      <EffectTable {...props} />
      <MoneyLine {...props} />
      <div class="result-columns">
        <Course {...props} />
        <div>
          <Trust {...props} />
          <PlanRow {...props} />
        </div>
      </div>
      <PerConversation {...props} />
    </>
  );
}
