/** "Try on my browser": an address that shows the campaign, draft or live, to whoever opens it, and counts nowhere. */
import External from "lucide-static/icons/external-link.svg?raw";
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { request, type ApiFailure } from "../../shared/api.ts";
import { dateTime } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { SelectField, TextField } from "../field.tsx";
import { faultOf } from "../refusal.ts";
import { asFailure } from "../resource.ts";
import { locale, t } from "../session.ts";
import { apiPath, useSite } from "../site.ts";
import { firstPageOf } from "../first-page.ts";
import { CopyButton, Failed } from "../states.tsx";
import { faultAt } from "./fault.ts";
import { w } from "./words.ts";

type Link = { url: string; expires_at: string };

export function TryOut({
  campaign,
  changed,
  onClose,
}: {
  campaign: Campaign;
  changed: boolean;
  onClose: () => void;
}): VNode {
  const site = useSite();
  const form = useRef<HTMLFormElement>(null);
  const [page, setPage] = useState(() => firstPageOf(site.settings.allowed_origins, site.key));
  const [variant, setVariant] = useState("");
  const [link, setLink] = useState<Link | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const fault = failure === null ? null : faultOf(failure);
  useEffect(() => form.current?.querySelector("input")?.focus(), []);

  const ask = async (): Promise<void> => {
    setLink(null);
    setFailure(null);
    try {
      const body = { url: page, ...(variant === "" ? {} : { variant }) };
      setLink(await request<Link>("POST", apiPath(site.key, "campaigns", campaign.id, "test-link"), body));
    } catch (error) {
      setFailure(asFailure(error));
    }
  };

  return (
    <section class="try-out panel" aria-labelledby="try-out-title">
      <h2 id="try-out-title">{w("tryOut")}</h2>
      <p class="quiet">{w("tryOutText")}</p>
      {changed ? <p class="note">{w("tryOutSaved")}</p> : null}
      {failure === null || fault !== null ? null : <Failed title={w("tryOutFailed")} failure={failure} />}
      <form
        ref={form}
        class="try-out-form"
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <TextField
          label={w("tryOutPage")}
          type="url"
          required
          value={page}
          error={faultAt(fault, "url")}
          onInput={setPage}
        />
        {campaign.variants.length < 2 ? null : (
          <SelectField
            label={t("variant")}
            value={variant}
            options={[
              { value: "", label: w("tryOutFirst") },
              ...campaign.variants.map(({ key }) => ({ value: key, label: key.toUpperCase() })),
            ]}
            error={faultAt(fault, "variant")}
            onChange={setVariant}
          />
        )}
        <div class="actions">
          <button type="submit" class="primary">
            {w("tryOutMake")}
          </button>
          <button type="button" onClick={onClose}>
            {w("close")}
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
        <input class="mono" readOnly aria-label={w("tryOutLink")} value={link.url} />
        <a class="button" href={link.url} target="_blank" rel="noreferrer">
          <Icon svg={External} /> {w("tryOutOpen")}
        </a>
        <CopyButton text={link.url} label={t("copy")} />
      </div>
      <p class="note">
        {w("tryOutUntil", { at: dateTime(locale.value, link.expires_at, settings.timezone) })}
      </p>
    </>
  );
}
