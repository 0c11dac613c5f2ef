/** The bar over everything: the site, one's places, one's status, the bell, one's account. */
import ChevronDown from "lucide-static/icons/chevron-down.svg?raw";
import Messages from "lucide-static/icons/messages-square.svg?raw";
import { signal } from "@preact/signals";
import type { VNode } from "preact";
import type { AgentState } from "../../../domain/desk/wire.ts";
import { number } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { Mark } from "../../shared/mark.tsx";
import { applyTheme, currentTheme, type Theme } from "../../shared/theme.ts";
import { Bell } from "../alerts/bell.tsx";
import { placesOf } from "../model/queue-view.ts";
import type { Office } from "../office.ts";
import { Menu } from "../parts/menu.tsx";
import { SCREENS } from "../navigation.ts";
import { Disc } from "../parts/who.tsx";
import { addressOf, shownScreen } from "../route.ts";
import { locale, speak, t } from "../words.ts";

const STATES: readonly AgentState[] = ["online", "away", "offline"];
const CAPACITIES = [1, 2, 3, 4, 5, 6] as const;
const DEFAULT_CAPACITY = 3;
const theme = signal<Theme>(currentTheme());

export type TopBarProps = {
  office: Office;
  onHelp: () => void;
  onOwnVisits: () => void;
  onSignOut: () => void;
  onChangeSite: (() => void) | null;
};

export function TopBar(props: TopBarProps): VNode {
  const { office } = props;
  return (
    <header class="top-bar">
      <Mark size={22} />
      <h1 class="site-name quiet">
        <span class="sr-only">{t("console_of")} </span>
        {office.site.name}
      </h1>
      <Screens office={office} />
      <div class="top-bar-end">
        <PlacesTaken office={office} />
        <StatusMenu office={office} />
        <Bell attention={office.attention} />
        <AccountMenu {...props} />
      </div>
    </header>
  );
}

/** The desk and what is beside it; on a phone at the bottom of the screen, where the thumb is. */
function Screens({ office }: { office: Office }): VNode {
  const shown = shownScreen();
  const unread = shown === null ? 0 : office.unread.value;
  return (
    <nav class="screens" aria-label={t("screens")}>
      <a href={addressOf({ name: "desk" })} aria-current={shown === null ? "page" : undefined}>
        <Icon svg={Messages} />
        <span>{t("screen_desk")}</span>
        {unread === 0 ? null : (
          <span class="unread">
            {unread}
            <span class="sr-only"> {t("unread", { count: unread })}</span>
          </span>
        )}
      </a>
      {SCREENS.map(({ name, icon }) => (
        <a
          key={name}
          href={addressOf({ name: "screen", screen: name, id: null })}
          aria-current={shown === name ? "page" : undefined}
        >
          <Icon svg={icon} />
          <span>{t(`screen_${name}`)}</span>
        </a>
      ))}
    </nav>
  );
}

/** One square a place, filled by its weight, then the figure in words. */
function PlacesTaken({ office }: { office: Office }): VNode | null {
  const me = office.desk.me.value;
  if (me === null) return null;
  const places = placesOf(me);
  const taken = number(locale.value, places.taken, 1);
  return (
    <span class="places">
      <span class="squares" aria-hidden="true">
        {places.squares.map((fill, at) => (
          <span key={at} class="square" style={{ "--fill": fill }} />
        ))}
      </span>
      <span>
        <strong>
          {taken} / {places.capacity}
        </strong>{" "}
        <span class="quiet">{t("places_taken")}</span>
      </span>
    </span>
  );
}

function StatusMenu({ office }: { office: Office }): VNode {
  const { desk } = office;
  const me = desk.me.value;
  const state = me?.state ?? "offline";
  const capacity = me?.capacity ?? DEFAULT_CAPACITY;
  return (
    <Menu
      label={t("status_menu", { state: t(`state_${state}`) })}
      buttonClass="status-button"
      button={
        <>
          <span class={`dot ${state}`} aria-hidden="true" />
          <span>{t(`state_${state}`)}</span>
          <Icon svg={ChevronDown} />
        </>
      }
      groups={[
        STATES.map((one) => ({
          key: one,
          checked: one === state,
          words: (
            <>
              <span class={`dot ${one}`} aria-hidden="true" />
              {t(`state_${one}`)}
            </>
          ),
          onChoose: () => desk.setStatus(one, capacity),
        })),
        CAPACITIES.map((places) => ({
          key: String(places),
          checked: places === capacity,
          words: t("capacity", { places }),
          onChoose: () => desk.setStatus(state, places),
        })),
      ]}
    />
  );
}

function AccountMenu({ office, onHelp, onOwnVisits, onSignOut, onChangeSite }: TopBarProps): VNode {
  const other = locale.value === "fr" ? "en" : "fr";
  const themes: readonly Theme[] = ["system", "light", "dark"];
  return (
    <Menu
      label={t("account_menu", { name: office.me.name })}
      buttonClass="account-button"
      button={<Disc name={office.me.name} />}
      groups={[
        themes.map((one) => ({
          key: one,
          checked: theme.value === one,
          words: t(`theme_${one}`),
          onChoose: () => {
            theme.value = one;
            applyTheme(one);
          },
        })),
        [
          {
            key: "language",
            words: <span lang={other}>{t("other_language")}</span>,
            onChoose: () => speak(other),
          },
          { key: "help", words: t("shortcuts"), onChoose: onHelp },
          { key: "own-visits", words: t("own_visits"), onChoose: onOwnVisits },
        ],
        [
          ...(onChangeSite === null
            ? []
            : [{ key: "site", words: t("change_site"), onChoose: onChangeSite }]),
          { key: "out", words: t("sign_out"), onChoose: onSignOut },
        ],
      ]}
    />
  );
}
