/** Who may come in: asks the server, shows the way in, the choice of a site, then the office. */
import { signal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import {
  rememberedSite,
  rememberSite,
  signOut,
  whoAmI,
  type Me,
  type Membership,
} from "../shared/session.ts";
import { SignIn, SiteChoice } from "../shared/sign-in.tsx";
import { Mark } from "../shared/mark.tsx";
import { Office } from "./office.ts";
import { wake } from "./alerts/alarm-bell.ts";
import { forgetSeat } from "./live/seat.ts";
import { OfficeScreen } from "./screens/office-screen.tsx";
import { locale, speak, t } from "./words.ts";

type Door =
  | { at: "asking" }
  | { at: "unreachable" }
  | { at: "sign-in"; notice: string | null }
  | { at: "choice"; me: Me }
  | { at: "office"; me: Me; office: Office };

const door = signal<Door>({ at: "asking" });

async function ask(): Promise<void> {
  door.value = { at: "asking" };
  try {
    const me = await whoAmI();
    if (me === null) door.value = { at: "sign-in", notice: null };
    else welcome(me);
  } catch (error) {
    console.warn("who is signed in could not be asked", error);
    door.value = { at: "unreachable" };
  }
}

function welcome(me: Me): void {
  const site = rememberedSite(me);
  if (site === null) door.value = { at: "choice", me };
  else enter(me, site);
}

function enter(me: Me, site: Membership): void {
  rememberSite(site.key);
  door.value = { at: "office", me, office: new Office(me.user, site, () => leave(t("login_ended"))) };
}

/** The login is over. Drafts stay where it ended by itself, so that the same person finds them again. */
function leave(notice: string | null): void {
  if (door.value.at === "office") door.value.office.stop();
  door.value = { at: "sign-in", notice };
}

async function signOutHere(): Promise<void> {
  await signOut().catch((error: unknown) => console.warn("signing out was not confirmed", error));
  forgetSeat(null);
  rememberSite(null);
  leave(null);
}

function changeSite(me: Me): void {
  if (door.value.at === "office") door.value.office.stop();
  door.value = { at: "choice", me };
}

export function App(): VNode {
  useEffect(() => {
    void ask();
    addEventListener("pointerdown", wake);
    addEventListener("keydown", wake);
    return () => {
      removeEventListener("pointerdown", wake);
      removeEventListener("keydown", wake);
    };
  }, []);

  const { value } = door;
  switch (value.at) {
    case "asking":
      return <Waiting />;
    case "unreachable":
      return <Unreachable />;
    case "sign-in":
      return <SignIn locale={locale.value} onLocale={speak} onSignedIn={welcome} notice={value.notice} />;
    case "choice":
      return (
        <SiteChoice
          me={value.me}
          locale={locale.value}
          onLocale={speak}
          onChoose={(site) => enter(value.me, site)}
          onSignOut={() => void signOutHere()}
        />
      );
    case "office":
      return (
        <OfficeScreen
          office={value.office}
          onSignOut={() => void signOutHere()}
          onChangeSite={value.me.sites.length > 1 ? () => changeSite(value.me) : null}
        />
      );
  }
}

function Waiting(): VNode {
  return (
    <main class="door" aria-busy="true" aria-label={t("loading")}>
      <div class="door-sheet">
        <Mark size={28} />
        <hr class="double-rule" />
        <span class="skeleton door-skeleton" />
      </div>
    </main>
  );
}

function Unreachable(): VNode {
  return (
    <main class="door">
      <div class="door-sheet">
        <Mark size={28} />
        <hr class="double-rule" />
        <h1>{t("unreachable_title")}</h1>
        <p>{t("unreachable_text")}</p>
        <button type="button" class="primary" onClick={() => void ask()}>
          {t("try_again")}
        </button>
      </div>
    </main>
  );
}
