/**
 * The way in, for console and admin: mail and password, errors in place, then the choice of a site where there
 * are several. The screens own what comes after.
 */
import { useSignal } from "@preact/signals";
import CircleAlert from "lucide-static/icons/circle-alert.svg?raw";
import LogOut from "lucide-static/icons/log-out.svg?raw";
import type { ComponentChildren, VNode } from "preact";
import { useRef } from "preact/hooks";
import { ApiFailure } from "./api.ts";
import { translator, type Locale, type Translate } from "./i18n.ts";
import { Icon } from "./icon.tsx";
import { Mark } from "./mark.tsx";
import en from "./messages/sign-in.en.json?icu";
import fr from "./messages/sign-in.fr.json?icu";
import { signIn, type Me, type Membership } from "./session.ts";
import "./sign-in.css";

const catalogues = { fr, en };
type Faults = { email?: string; password?: string; form?: string };

export type SignInProps = {
  locale: Locale;
  onLocale: (locale: Locale) => void;
  onSignedIn: (me: Me) => void;
  /** Said above the fields, as where a login has ended. */
  notice?: string | null;
};

/** Mail and password. `onSignedIn` is called once with who it is. */
export function SignIn({ locale, onLocale, onSignedIn, notice = null }: SignInProps): VNode {
  const t = translator(catalogues, locale);
  const faults = useSignal<Faults>({});
  const working = useSignal(false);
  const email = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (working.value) return;
    const found = missing(email.current?.value ?? "", password.current?.value ?? "", t);
    faults.value = found;
    if (found.email !== undefined) return email.current?.focus();
    if (found.password !== undefined) return password.current?.focus();

    working.value = true;
    try {
      onSignedIn(await signIn((email.current?.value ?? "").trim(), password.current?.value ?? ""));
    } catch (error) {
      faults.value = { form: sayFailure(error, t) };
      password.current?.focus();
      password.current?.select();
    } finally {
      working.value = false;
    }
  }

  return (
    <Door locale={locale} onLocale={onLocale} t={t} title={t("title")}>
      {notice === null ? null : (
        <p class="banner warn" role="status">
          {notice}
        </p>
      )}
      <form class="door-form" noValidate onSubmit={(event) => void submit(event)}>
        <div class="field">
          <label for="sign-in-email">{t("email")}</label>
          <input
            ref={email}
            id="sign-in-email"
            type="email"
            name="email"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            aria-invalid={faults.value.email !== undefined}
            aria-describedby="sign-in-email-fault"
          />
          <Fault id="sign-in-email-fault" words={faults.value.email} />
        </div>
        <div class="field">
          <label for="sign-in-password">{t("password")}</label>
          <input
            ref={password}
            id="sign-in-password"
            type="password"
            name="password"
            autocomplete="current-password"
            aria-invalid={faults.value.password !== undefined}
            aria-describedby="sign-in-password-fault"
          />
          <Fault id="sign-in-password-fault" words={faults.value.password} />
        </div>
        <div role="alert">
          {faults.value.form === undefined ? null : (
            <p class="banner bad">
              <Icon svg={CircleAlert} />
              <span>{faults.value.form}</span>
            </p>
          )}
        </div>
        <button type="submit" class="primary" aria-disabled={working.value}>
          {working.value ? t("working") : t("submit")}
        </button>
      </form>
    </Door>
  );
}

export type SiteChoiceProps = {
  me: Me;
  locale: Locale;
  onLocale: (locale: Locale) => void;
  onChoose: (site: Membership) => void;
  onSignOut: () => void;
};

/** Which of one's sites to open; where there is none, what to do about it. */
export function SiteChoice({ me, locale, onLocale, onChoose, onSignOut }: SiteChoiceProps): VNode {
  const t = translator(catalogues, locale);
  return (
    <Door locale={locale} onLocale={onLocale} t={t} title={t("site")}>
      {me.sites.length === 0 ? <p>{t("no_site")}</p> : null}
      <ul class="door-sites">
        {me.sites.map((site) => (
          <li key={site.key}>
            <button type="button" onClick={() => onChoose(site)}>
              <span>{site.name}</span>
              <span class="note">{t(`role_${site.role}`)}</span>
            </button>
          </li>
        ))}
      </ul>
      <button type="button" class="plain" onClick={onSignOut}>
        <Icon svg={LogOut} />
        {t("sign_out")}
      </button>
    </Door>
  );
}

type DoorProps = {
  locale: Locale;
  onLocale: (locale: Locale) => void;
  t: Translate;
  title: string;
  children: ComponentChildren;
};

function Door({ locale, onLocale, t, title, children }: DoorProps): VNode {
  const other = locale === "fr" ? "en" : "fr";
  return (
    <main class="door">
      <div class="door-sheet">
        <div class="door-head">
          <Mark size={28} />
          <button type="button" class="plain small" lang={other} onClick={() => onLocale(other)}>
            {t("other_language")}
          </button>
        </div>
        <hr class="double-rule" />
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}

function Fault({ id, words }: { id: string; words: string | undefined }): VNode {
  return (
    <span id={id} class="field-error" aria-live="polite">
      {words === undefined ? null : (
        <>
          <Icon svg={CircleAlert} size={12} />
          {words}
        </>
      )}
    </span>
  );
}

function missing(email: string, password: string, t: Translate): Faults {
  return {
    ...(email.trim() === "" ? { email: t("email_missing") } : {}),
    ...(password === "" ? { password: t("password_missing") } : {}),
  };
}

function sayFailure(error: unknown, t: Translate): string {
  if (!(error instanceof ApiFailure)) return t("failed", { code: "client" });
  if (error.status === 401 || error.status === 400) return t("wrong");
  if (error.status === 429) return t("too_many");
  return error.status === 0 ? t("network") : t("failed", { code: error.code });
}
