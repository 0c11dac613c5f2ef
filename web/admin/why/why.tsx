/** "Why, why not": a visitor's visit, and at each of its moments what every campaign had to say. */
import "./why.css";
import Search from "lucide-static/icons/search.svg?raw";
import type { VNode } from "preact";
import { useLocation } from "preact-iso";
import { useEffect, useState } from "preact/hooks";
import type { WireExplanation, WireMoment, WireTrace } from "../../../domain/targeting/why-wire.ts";
import { request } from "../../shared/api.ts";
import { dateTime } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { useResource } from "../resource.ts";
import { locale, t } from "../session.ts";
import { apiPath, screenPath, useSite } from "../site.ts";
import { CopyButton, Empty, Failed, Loading, PageHead, Shown } from "../states.tsx";
import { CampaignDetails } from "./campaign-details.tsx";
import { CampaignTable } from "./campaign-table.tsx";
import { clock } from "./clock.ts";
import { MomentSentence } from "./moment-sentence.tsx";
import { Timeline } from "./timeline.tsx";
import { y } from "./words.ts";

export function Why({ id = "" }: { id?: string }): VNode {
  const site = useSite();
  const { query } = useLocation();
  const visitor = id === "" ? null : id;
  return (
    <>
      <PageHead
        above={
          <p class="crumbs">
            <a href={screenPath(site.key, "visitors")}>{y("visitors")}</a>
            {visitor === null ? null : ` › ${visitor}`}
          </p>
        }
        title={y("title")}
      >
        <Find visitor={visitor} />
        {visitor === null ? null : <CopyButton text={location.href} label={y("link")} />}
      </PageHead>
      {visitor === null ? (
        <Empty title={y("findTitle")}>
          <p>{y("findText")}</p>
        </Empty>
      ) : (
        <VisitorTrace
          key={visitor}
          visitor={visitor}
          session={query["session"] ?? null}
          at={query["at"] ?? null}
        />
      )}
    </>
  );
}

function Find({ visitor }: { visitor: string | null }): VNode {
  const site = useSite();
  const { route } = useLocation();
  const submit = (event: Event): void => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    const wanted = String(new FormData(form).get("id") ?? "").trim();
    if (wanted !== "") route(screenPath(site.key, "visitors", wanted));
  };
  return (
    <form class="search" role="search" onSubmit={submit}>
      <input
        key={visitor ?? ""}
        type="search"
        name="id"
        aria-label={y("searchLabel")}
        defaultValue={visitor ?? ""}
        maxLength={200}
      />
      <button type="submit">
        <Icon svg={Search} />
        {y("find")}
      </button>
    </form>
  );
}

/** The address of a trace, and of one of its moments. */
function traceAddress(site: string, visitor: string, session: string | null, at: number | null): string {
  const asked = new URLSearchParams();
  if (session !== null) asked.set("session", session);
  if (at !== null) asked.set("at", String(at));
  const query = asked.size === 0 ? "" : `?${asked}`;
  return `${apiPath(site, "visitors", visitor, "trace")}${query}`;
}

type Asked = { visitor: string; session: string | null; at: string | null };

function VisitorTrace({ visitor, session, at }: Asked): VNode {
  const site = useSite();
  const resource = useResource(`trace ${site.key} ${visitor} ${session}`, (signal) =>
    request<WireTrace>("GET", traceAddress(site.key, visitor, session, null), undefined, { signal }),
  );
  if (resource.failure?.status === 404) {
    return (
      <Empty title={y("unknownTitle", { id: visitor })}>
        <p>{y("unknownText")}</p>
        <button type="button" onClick={resource.reload}>
          {t("tryAgain")}
        </button>
      </Empty>
    );
  }
  return (
    <Shown resource={resource} title={y("failed")} lines={8}>
      {(trace) => <Trace trace={trace} session={session} at={at} />}
    </Shown>
  );
}

/** The moment that `at` names, by its place or its decision; else the last at which something was decided. */
function chosenMoment(moments: readonly WireMoment[], at: string | null): number {
  const named = moments.find(
    ({ index, decision }) => String(index) === at || (at !== null && decision?.id === at),
  );
  return (named ?? moments.findLast(({ decision }) => decision !== null) ?? moments.at(-1))?.index ?? 0;
}

function Trace({
  trace,
  session,
  at,
}: {
  trace: WireTrace;
  session: string | null;
  at: string | null;
}): VNode {
  const site = useSite();
  const { route, path } = useLocation();
  const zone = site.settings.timezone;
  const chosen = chosenMoment(trace.moments, at);
  const moment = trace.moments[chosen];
  const show = (parts: { session: string | null; at: number | null }): void => {
    const asked = new URLSearchParams();
    if (parts.session !== null) asked.set("session", parts.session);
    if (parts.at !== null) asked.set("at", String(parts.at));
    route(asked.size === 0 ? path : `${path}?${asked}`, true);
  };
  const resource = useResource(`moment ${site.key} ${trace.visitor} ${session} ${chosen}`, async (signal) => {
    const address = traceAddress(
      site.key,
      trace.visitor,
      session,
      trace.moments.length === 0 ? null : chosen,
    );
    return (await request<WireTrace>("GET", address, undefined, { signal })).explained;
  });
  const explained = useLast(resource.data ?? null);
  const names = new Map((explained?.campaigns ?? []).map(({ campaign, name }) => [campaign, name]));
  return (
    <div class="why">
      <section class="why-visit" aria-label={y("visit")}>
        <h2>{y("visit")}</h2>
        <VisitFacts trace={trace} />
        <VisitChoice trace={trace} session={session} onChoose={(next) => show({ session: next, at: null })} />
        {trace.moments.length === 0 ? null : (
          <Timeline
            moments={trace.moments}
            chosen={chosen}
            zone={zone}
            currency={site.settings.currency}
            nameOf={(campaign) => names.get(campaign) ?? campaign}
            onChoose={(index) => show({ session, at: index })}
          />
        )}
        {trace.session !== null && !trace.session.complete ? <p class="note">{y("older")}</p> : null}
      </section>
      <div class="why-moment">
        {trace.moments.length === 0 ? (
          <Empty title={y("noMomentTitle")}>
            <p>{y("noMomentText")}</p>
          </Empty>
        ) : (
          <>
            {resource.failure === null ? null : (
              <Failed title={y("momentFailed")} failure={resource.failure} onRetry={resource.reload} />
            )}
            {explained === null ? (
              resource.failure === null ? (
                <Loading lines={6} />
              ) : null
            ) : (
              <div class={resource.data === undefined ? "stale" : ""} aria-busy={resource.data === undefined}>
                <Explained explained={explained} moment={moment} zone={zone} />
              </div>
            )}
          </>
        )}
      </div>
    </div>
  );
}

/** The last answer that was given, while the next is on its way. */
function useLast<T>(value: T | null): T | null {
  const [last, setLast] = useState<T | null>(value);
  useEffect(() => {
    if (value !== null) setLast(value);
  }, [value]);
  return value ?? last;
}

function VisitFacts({ trace: { session } }: { trace: WireTrace }): VNode | null {
  if (session === null) return null;
  const { city, country, device_type: device, browser, visits, channel } = session;
  const nth = visits === null ? null : y("nthVisit", { n: visits });
  const known = [city ?? country, device, browser, channel, nth].filter((part) => part !== null);
  return <p class="quiet">{known.join(" · ")}</p>;
}

function VisitChoice({
  trace,
  session,
  onChoose,
}: {
  trace: WireTrace;
  session: string | null;
  onChoose: (session: string | null) => void;
}): VNode | null {
  const site = useSite();
  if (trace.sessions.length === 0) return null;
  return (
    <label class="visit-choice">
      <span class="sr-only">{y("visitChoice")}</span>
      <select
        value={session ?? ""}
        onChange={(event) => onChoose(event.currentTarget.value === "" ? null : event.currentTarget.value)}
      >
        <option value="">{y("visitNow")}</option>
        {trace.sessions.map((visit) => (
          <option key={visit.id} value={visit.id}>
            {y("visitAt", { at: dateTime(locale.value, visit.started_at, site.settings.timezone) })}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Which two campaigns are beside each other: those that were asked for last, else what matters most. */
function defaultPair({ campaigns, engaged }: WireExplanation): string[] {
  const first = campaigns.find(({ campaign }) => campaign === engaged) ?? campaigns[0];
  const second =
    campaigns.find((one) => one !== first && !one.matched) ?? campaigns.find((one) => one !== first);
  return [first, second].flatMap((one) => (one === undefined ? [] : [one.campaign]));
}

function Explained({
  explained,
  moment,
  zone,
}: {
  explained: WireExplanation;
  moment: WireMoment | undefined;
  zone: string;
}): VNode {
  const [asked, setAsked] = useState<string[]>([]);
  const { campaigns, configuration, engaged, at } = explained;
  const live = asked.filter((id) => campaigns.some(({ campaign }) => campaign === id));
  const pair = live.length === 0 ? defaultPair(explained) : live;
  const choose = (id: string): void => setAsked(pair.includes(id) ? [id] : [...pair.slice(-1), id]);
  const published = dateTime(locale.value, configuration.published_at, zone);
  return (
    <>
      <MomentSentence explained={explained} moment={moment} zone={zone} />
      {campaigns.length === 0 ? null : (
        <CampaignTable campaigns={campaigns} engaged={engaged} chosen={pair} zone={zone} onChoose={choose} />
      )}
      <div class="why-pair">
        {campaigns
          .filter(({ campaign }) => pair.includes(campaign))
          .map((one) => (
            <CampaignDetails key={one.campaign} campaign={one} at={clock(at, zone)} zone={zone} />
          ))}
      </div>
      <p class="why-foot note">
        <span>
          {configuration.as_then
            ? y("configuration", { version: configuration.version, at: published })
            : y("configurationNow", { version: configuration.version })}
        </span>
        {moment?.decision == null ? null : <span>{y("decision", { id: moment.decision.id })}</span>}
      </p>
    </>
  );
}
