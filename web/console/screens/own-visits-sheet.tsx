/** "Do not count my visits": an address that leaves the browser that opens it out of campaigns and figures. */
import External from "lucide-static/icons/external-link.svg?raw";
import CircleAlert from "lucide-static/icons/circle-alert.svg?raw";
import { useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { useId } from "preact/hooks";
import * as z from "zod/mini";
import { ApiFailure, request } from "../../shared/api.ts";
import { time } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { Office } from "../office.ts";
import { Dialog } from "../parts/dialog.tsx";
import { locale, t } from "../words.ts";

const Link = z.object({ url: z.string(), expires_at: z.string() });
type Made = z.infer<typeof Link> & { counted: boolean };

export function OwnVisitsSheet({ office, onClose }: { office: Office; onClose: () => void }): VNode {
  const id = useId();
  const page = useSignal("https://");
  const made = useSignal<Made | null>(null);
  const fault = useSignal<"page" | "failed" | null>(null);

  async function ask(counted: boolean): Promise<void> {
    made.value = null;
    fault.value = null;
    const path = `/api/sites/${office.site.key}/staff-link`;
    try {
      const answer = await request<unknown>("POST", path, { url: page.value, counted });
      made.value = { ...Link.parse(answer), counted };
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      fault.value = error.path === "url" ? "page" : "failed";
    }
  }

  function submit(event: Event): void {
    event.preventDefault();
    void ask(false);
  }

  const link = made.value;
  return (
    <Dialog title={t("own_visits")} onClose={onClose}>
      <form class="dialog-form" noValidate onSubmit={submit}>
        <p class="quiet">{t("own_visits_text")}</p>
        <div class="field">
          <label for={id}>{t("own_visits_page")}</label>
          <input
            id={id}
            type="text"
            inputMode="url"
            value={page.value}
            aria-invalid={fault.value !== null}
            aria-describedby={fault.value === null ? undefined : `${id}-fault`}
            onInput={(event) => (page.value = event.currentTarget.value)}
          />
          {fault.value === null ? null : (
            <span class="field-error" id={`${id}-fault`} role="alert">
              <Icon svg={CircleAlert} size={12} />
              {t(`own_visits_fault_${fault.value}`)}
            </span>
          )}
        </div>
        <div role="status">
          {link === null ? null : (
            <p>
              <a href={link.url} target="_blank" rel="noreferrer">
                <Icon svg={External} size={12} />{" "}
                {t(link.counted ? "own_visits_open_again" : "own_visits_open")}
              </a>{" "}
              <span class="note">{t("own_visits_until", { at: time(locale.value, link.expires_at) })}</span>
            </p>
          )}
        </div>
        <div class="buttons">
          <button type="submit" class="primary">
            {t("own_visits_leave_out")}
          </button>
          <button type="button" class="plain" onClick={() => void ask(true)}>
            {t("own_visits_count_again")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
