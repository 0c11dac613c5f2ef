/** Who is here decides what is drawn: the sign-in screen, a refusal, or a site with its screens. */
import type { VNode } from "preact";
import { lazy, LocationProvider, Route, Router, useLocation } from "preact-iso";
import { useEffect } from "preact/hooks";
import { request } from "../shared/api.ts";
import { SignIn } from "../shared/sign-in.tsx";
import { CampaignList } from "./campaigns/list.tsx";
import { Install } from "./install/install.tsx";
import { useResource } from "./resource.ts";
import { chooseLanguage, loadMe, locale, me, meFailure, t, type SiteSeat } from "./session.ts";
import { apiPath, screenPath, SiteContext, type SiteResource } from "./site.ts";
import { Shell } from "./shell.tsx";
import { Empty, Failed, Loading, PageHead, Shown } from "./states.tsx";

const Overview = lazy(() => import("./overview/overview.tsx").then((module) => module.Overview));
const Agents = lazy(() => import("./agents/agents.tsx").then((module) => module.Agents));
const Figures = lazy(() => import("./figures/figures.tsx").then((module) => module.Figures));
const Editor = lazy(() => import("./campaigns/editor.tsx").then((module) => module.Editor));
const Results = lazy(() => import("./results/results.tsx").then((module) => module.Results));
const Conversations = lazy(() => import("./talk/conversations.tsx").then((module) => module.Conversations));
const Transcript = lazy(() => import("./talk/transcript.tsx").then((module) => module.Transcript));
const Answers = lazy(() => import("./talk/answers.tsx").then((module) => module.Answers));
const AnswerScreen = lazy(() => import("./talk/answer.tsx").then((module) => module.AnswerScreen));
const LeftMessages = lazy(() => import("./talk/left-messages.tsx").then((module) => module.LeftMessages));
const Why = lazy(() => import("./why/why.tsx").then((module) => module.Why));
const Team = lazy(() => import("./team/team.tsx").then((module) => module.Team));
const ApiKeys = lazy(() => import("./team/api-keys.tsx").then((module) => module.ApiKeys));
const Segments = lazy(() => import("./segments/segments.tsx").then((module) => module.Segments));
const SegmentScreen = lazy(() => import("./segments/segment.tsx").then((module) => module.SegmentScreen));
const Staffing = lazy(() => import("./staffing/staffing.tsx").then((module) => module.Staffing));
const Objectives = lazy(() => import("./objectives/objectives.tsx").then((module) => module.Objectives));
const Return = lazy(() => import("./return/return.tsx").then((module) => module.Return));
const Funnels = lazy(() => import("./funnels/funnels.tsx").then((module) => module.Funnels));
const FunnelScreen = lazy(() => import("./funnels/funnel.tsx").then((module) => module.FunnelScreen));
const FunnelEditor = lazy(() => import("./funnels/editor.tsx").then((module) => module.FunnelEditor));
const Journeys = lazy(() => import("./journeys/journeys.tsx").then((module) => module.Journeys));
const Settings = lazy(() => import("./settings/settings.tsx").then((module) => module.Settings));

export function App(): VNode {
  useEffect(() => void loadMe(), []);
  if (meFailure.value !== null && me.value === undefined) {
    return (
      <main class="alone">
        <Failed title={t("meFailed")} failure={meFailure.value} onRetry={() => void loadMe()} />
      </main>
    );
  }
  if (me.value === undefined) {
    return (
      <main class="alone">
        <Loading />
      </main>
    );
  }
  if (me.value === null) {
    return (
      <SignIn
        locale={locale.value}
        onLocale={chooseLanguage}
        onSignedIn={(person) => {
          me.value = person;
        }}
      />
    );
  }
  return (
    <LocationProvider scope="/admin">
      <Router>
        <Route path="/admin" component={FirstSite} />
        <Route path="/admin/:site" component={SiteDoor} />
        <Route path="/admin/:site/*" component={SiteDoor} />
      </Router>
    </LocationProvider>
  );
}

/** `/admin/` itself leads to the first site that this person manages. */
function FirstSite(): VNode {
  const { route } = useLocation();
  const sites = me.value?.sites ?? [];
  const first = sites.find((site) => site.role === "admin") ?? sites[0];
  useEffect(() => {
    if (first !== undefined) route(screenPath(first.key), true);
  }, [first?.key]);
  return (
    <main class="alone">
      {first === undefined ? (
        <Empty title={t("noSite")}>
          <p>{t("noSiteText")}</p>
        </Empty>
      ) : (
        <Loading />
      )}
    </main>
  );
}

/** Only admins come in; an agent is led on to the console, where that site's work is. */
function SiteDoor({ site: key = "" }: { site?: string }): VNode {
  const seat = me.value?.sites.find((site) => site.key === key);
  const console = `/console/?site=${encodeURIComponent(key)}`;
  const agent = seat?.role === "agent";
  useEffect(() => {
    if (agent) location.replace(console);
  }, [agent, console]);
  if (seat?.role === "admin") return <SiteScreens key={key} seat={seat} />;
  return (
    <main class="alone">
      {seat === undefined ? (
        <Empty title={t("siteUnknown", { site: key })}>
          <a class="button" href="/admin/">
            {t("toMySites")}
          </a>
        </Empty>
      ) : (
        <Empty title={t("agentOnly")}>
          <p>{t("agentOnlyText")}</p>
          <a class="button primary" href={console}>
            {t("toConsole")}
          </a>
        </Empty>
      )}
    </main>
  );
}

function SiteScreens({ seat }: { seat: SiteSeat }): VNode {
  const { key } = seat;
  const settings = useResource(key, (signal) =>
    request<SiteResource>("GET", apiPath(key), undefined, { signal }),
  );
  return (
    <Shell seat={seat}>
      <Shown resource={settings} title={t("siteFailed")}>
        {(loaded) => (
          <SiteContext.Provider
            value={{ ...seat, name: loaded.name, settings: loaded, changed: settings.replace }}
          >
            <Router>
              <Route path="/" component={Overview} />
              <Route path="/figures" component={Figures} />
              <Route path="/campaigns" component={CampaignList} />
              <Route path="/campaigns/:id" component={Editor} />
              <Route path="/campaigns/:id/results" component={Results} />
              <Route path="/segments" component={Segments} />
              <Route path="/segments/:id" component={SegmentScreen} />
              <Route path="/conversations" component={Conversations} />
              <Route path="/conversations/:id" component={Transcript} />
              <Route path="/canned" component={Answers} />
              <Route path="/canned/:id" component={AnswerScreen} />
              <Route path="/visitors" component={Why} />
              <Route path="/visitors/:id" component={Why} />
              <Route path="/left-messages" component={LeftMessages} />
              <Route path="/agents" component={Agents} />
              <Route path="/funnels" component={Funnels} />
              <Route path="/funnels/new" component={FunnelEditor} />
              <Route path="/funnels/:id" component={FunnelScreen} />
              <Route path="/funnels/:id/edit" component={FunnelEditor} />
              <Route path="/journeys" component={Journeys} />
              <Route path="/staffing" component={Staffing} />
              <Route path="/install" component={Install} />
              <Route path="/team" component={Team} />
              <Route path="/api-keys" component={ApiKeys} />
              <Route path="/objectives" component={Objectives} />
              <Route path="/return" component={Return} />
              <Route path="/settings" component={Settings} />
              <Route default component={NotFound} />
            </Router>
          </SiteContext.Provider>
        )}
      </Shown>
    </Shell>
  );
}

function NotFound(): VNode {
  return <PageHead title={t("screenUnknown")} />;
}
