/** Asking a visitor to talk now, with words of one's own. */
import { useSignal } from "@preact/signals";
import type { VNode } from "preact";
import type { LiveVisitor } from "../../../domain/desk/wire.ts";
import { clockOf } from "../model/waits.ts";
import { Dialog } from "../parts/dialog.tsx";
import { t } from "./words.ts";

const MOST_LENGTH = 500;

export type InviteDialogProps = {
  row: LiveVisitor;
  who: string;
  /** For how long they are on the site, in seconds. */
  seconds: number;
  onInvite: (text: string) => void;
  onClose: () => void;
};

export function InviteDialog({ row, who, seconds, onInvite, onClose }: InviteDialogProps): VNode {
  const text = useSignal("");
  const page = row.title ?? row.page ?? "";

  function submit(event: Event): void {
    event.preventDefault();
    onInvite(text.value);
    onClose();
  }

  return (
    <Dialog title={t("invite_title", { who })} onClose={onClose}>
      <form onSubmit={submit} class="dialog-form">
        {page === "" ? null : <p class="quiet">{t("invite_where", { page, clock: clockOf(seconds) })}</p>}
        <div class="field">
          <label for="invite-text">{t("invite_text")}</label>
          <textarea
            id="invite-text"
            rows={3}
            maxLength={MOST_LENGTH}
            aria-describedby="invite-hint"
            value={text.value}
            onInput={(event) => (text.value = event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
            }}
          />
          <span class="note" id="invite-hint">
            {t("invite_hint")}
          </span>
        </div>
        <div class="buttons">
          <button type="submit" class="primary">
            {t("invite_send")}
          </button>
          <button type="button" class="plain" onClick={onClose}>
            {t("cancel")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
