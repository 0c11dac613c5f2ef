/** "Do not count this browser": an address that leaves whoever opens it out of campaigns and figures, or counts them again. */
import External from "lucide-static/icons/external-link.svg?raw";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { request, type ApiFailure } from "../../shared/api.ts";
import { time } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { faultAt } from "../campaigns/fault.ts";
import { TextField } from "../field.tsx";
import { firstPageOf } from "../first-page.ts";
import { faultOf } from "../refusal.ts";
import { asFailure } from "../resource.ts";
import { locale, t } from "../session.ts";
import { apiPath, useSite } from "../site.ts";
import { CopyButton, Failed } from "../states.tsx";
import { s } from "./words.ts";

type Link = { url: string; expires_at: string; counted: boolean };

export function OwnVisits(): VNode {
  const site = useSite();
  const [page, setPage] = useState(() => firstPageOf(site.settings.allowed_origins, site.key));
  const [link, setLink] = useState<Link | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const fault = failure === null ? null : faultOf(failure);
  const ask = async (counted: boolean): Promise<void> => {
    setLink(null);
    setFailure(null);
    try {
      const path = apiPath(site.key, "staff-link");
      setLink({ ...(await request<Omit<Link, "counted">>("POST", path, { url: page, counted })), counted });
    } catch (error) {
      setFailure(asFailure(error));
    }
  };
  return (
    <section class="settings own-visits" aria-labelledby="own-visits-title">
      <h2 id="own-visits-title">{s("ownTitle")}</h2>
      <p class="quiet">{s("ownText")}</p>
      {failure === null || fault !== null ? null : <Failed title={s("ownFailed")} failure={failure} />}
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void ask(false);
        }}
      >
        <TextField
          label={s("ownPage")}
          type="url"
          required
          value={page}
          error={faultAt(fault, "url")}
          onInput={setPage}
        />
        <div class="actions">
          <button type="submit">{s("ownLeaveOut")}</button>
          <button type="button" class="link" onClick={() => void ask(true)}>
            {s("ownCountAgain")}
          </button>
        </div>
      </form>
      <div role="status">{link === null ? null : <LinkLine link={link} />}</div>
    </section>
  );
}

function LinkLine({ link }: { link: Link }): VNode {
  const { settings } = useSite();
  return (
    <>
      <div class="snippet">
        <a class="button primary" href={link.url} target="_blank" rel="noreferrer">
          <Icon svg={External} /> {s(link.counted ? "ownOpenAgain" : "ownOpen")}
        </a>
        <CopyButton text={link.url} label={t("copy")} />
      </div>
      <p class="note">{s("ownUntil", { at: time(locale.value, link.expires_at, settings.timezone) })}</p>
    </>
  );
}
