/** The frame around every screen: the site, where one can go, who is here. */
import Agents from "lucide-static/icons/headset.svg?raw";
import Figures from "lucide-static/icons/chart-line.svg?raw";
import Funnels from "lucide-static/icons/funnel.svg?raw";
import Journeys from "lucide-static/icons/route.svg?raw";
import Install from "lucide-static/icons/code-xml.svg?raw";
import Overview from "lucide-static/icons/layout-dashboard.svg?raw";
import Inbox from "lucide-static/icons/inbox.svg?raw";
import Key from "lucide-static/icons/key-round.svg?raw";
import Staffing from "lucide-static/icons/calendar-clock.svg?raw";
import Canned from "lucide-static/icons/message-square-quote.svg?raw";
import Campaigns from "lucide-static/icons/megaphone.svg?raw";
import Conversations from "lucide-static/icons/messages-square.svg?raw";
import Segments from "lucide-static/icons/tags.svg?raw";
import Objectives from "lucide-static/icons/target.svg?raw";
import Return from "lucide-static/icons/coins.svg?raw";
import Visitors from "lucide-static/icons/radio.svg?raw";
import Settings from "lucide-static/icons/settings.svg?raw";
import Team from "lucide-static/icons/users.svg?raw";
import type { ComponentChildren, VNode } from "preact";
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { Icon } from "../shared/icon.tsx";
import { Mark } from "../shared/mark.tsx";
import { applyTheme, currentTheme, type Theme } from "../shared/theme.ts";
import { carriesPeriod, useCarriedPeriod } from "./carried-period.ts";
import { chooseLanguage, locale, me, signOut, t, type SiteSeat } from "./session.ts";
import { screenPath } from "./site.ts";

type Entry = { at: string; label: string; icon: string };

const DAILY: Entry[] = [
  { at: "", label: "navOverview", icon: Overview },
  { at: "figures", label: "navFigures", icon: Figures },
  { at: "campaigns", label: "navCampaigns", icon: Campaigns },
  { at: "segments", label: "navSegments", icon: Segments },
  { at: "visitors", label: "why.nav", icon: Visitors },
  { at: "conversations", label: "navConversations", icon: Conversations },
  { at: "canned", label: "navCanned", icon: Canned },
  { at: "left-messages", label: "navLeftMessages", icon: Inbox },
  { at: "agents", label: "navAgents", icon: Agents },
  { at: "funnels", label: "navFunnels", icon: Funnels },
  { at: "journeys", label: "navJourneys", icon: Journeys },
  { at: "staffing", label: "navStaffing", icon: Staffing },
  { at: "objectives", label: "navObjectives", icon: Objectives },
  { at: "return", label: "navReturn", icon: Return },
];
const SET_UP: Entry[] = [
  { at: "install", label: "navInstall", icon: Install },
  { at: "team", label: "navTeam", icon: Team },
  { at: "api-keys", label: "navApiKeys", icon: Key },
  { at: "settings", label: "navSettings", icon: Settings },
];

export function Shell({ seat, children }: { seat: SiteSeat; children: ComponentChildren }): VNode {
  const period = useCarriedPeriod(seat.key);
  return (
    <div class="shell">
      <a class="skip-link button" href="#main">
        {t("skip")}
      </a>
      <header class="side">
        <a class="side-mark" href={screenPath(seat.key)}>
          <Mark />
        </a>
        <SiteChoice seat={seat} />
        <nav aria-label={t("navigation")}>
          <Entries entries={DAILY} seat={seat} period={period} />
          <p class="eyebrow">{t("navSetUp")}</p>
          <Entries entries={SET_UP} seat={seat} period={period} />
        </nav>
        <Person seat={seat} />
      </header>
      <main id="main">{children}</main>
    </div>
  );
}

/** Those that are read by a period take `period` along. */
function Entries({ entries, seat, period }: { entries: Entry[]; seat: SiteSeat; period: string }): VNode {
  const { path } = useLocation();
  return (
    <ul class="side-entries">
      {entries.map(({ at, label, icon }) => {
        const target = at === "" ? screenPath(seat.key) : screenPath(seat.key, at);
        const here = path === target || path === `${target}/` || (at !== "" && path.startsWith(`${target}/`));
        return (
          <li key={at}>
            <a
              href={carriesPeriod(at) ? `${target}${period}` : target}
              aria-current={here ? "page" : undefined}
            >
              <Icon svg={icon} />
              {t(label)}
            </a>
          </li>
        );
      })}
    </ul>
  );
}

function SiteChoice({ seat }: { seat: SiteSeat }): VNode {
  const { route } = useLocation();
  const sites = me.value?.sites ?? [];
  if (sites.length < 2) return <p class="side-site">{seat.name}</p>;
  return (
    <select
      class="side-site"
      aria-label={t("site")}
      value={seat.key}
      onChange={(event) => route(screenPath(event.currentTarget.value))}
    >
      {sites.map((site) => (
        <option key={site.key} value={site.key}>
          {site.name}
        </option>
      ))}
    </select>
  );
}

function Person({ seat }: { seat: SiteSeat }): VNode {
  const user = me.value?.user;
  const [theme, setTheme] = useState<Theme>(currentTheme);
  const initials = (user?.name ?? "")
    .split(/\s+/)
    .map((word) => word.charAt(0))
    .join("")
    .slice(0, 2);
  return (
    <details class="person">
      <summary>
        <span class="initials" aria-hidden="true">
          {initials}
        </span>
        <span>
          {user?.name}
          <br />
          <span class="quiet">{t(seat.role === "admin" ? "roleAdmin" : "roleAgent")}</span>
        </span>
      </summary>
      <div class="person-menu">
        <label>
          {t("language")}
          <select
            value={locale.value}
            onChange={(event) => chooseLanguage(event.currentTarget.value === "fr" ? "fr" : "en")}
          >
            <option value="fr" lang="fr">
              Français
            </option>
            <option value="en" lang="en">
              English
            </option>
          </select>
        </label>
        <label>
          {t("theme")}
          <select
            value={theme}
            onChange={(event) => {
              const next = readTheme(event.currentTarget.value);
              applyTheme(next);
              setTheme(next);
            }}
          >
            <option value="system">{t("themeSystem")}</option>
            <option value="light">{t("themeLight")}</option>
            <option value="dark">{t("themeDark")}</option>
          </select>
        </label>
        <a href="/console/">{t("toConsole")}</a>
        <button type="button" onClick={() => void signOut()}>
          {t("signOut")}
        </button>
      </div>
    </details>
  );
}

function readTheme(text: string): Theme {
  return text === "light" || text === "dark" ? text : "system";
}
