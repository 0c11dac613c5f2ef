/** A supervisor ends a conversation that is not theirs: asked once more, since it cannot be taken back. */
import type { VNode } from "preact";
import { whoOf } from "../model/queue-view.ts";
import { Dialog } from "../parts/dialog.tsx";
import { sayWho } from "../parts/who.tsx";
import { go } from "../route.ts";
import { t } from "../words.ts";
import type { SheetProps } from "./sheets.tsx";

export function CloseSheet({ office, item, onClose }: SheetProps): VNode {
  const agent = item.agent?.name ?? null;
  function submit(event: Event): void {
    event.preventDefault();
    office.desk.closeFor(item.conversation);
    onClose();
    go({ name: "desk" });
  }
  return (
    <Dialog title={t("close_title", { who: sayWho(whoOf(item)) })} onClose={onClose}>
      <form class="dialog-form" onSubmit={submit}>
        <p class="quiet">{agent === null ? t("close_waiting") : t("close_held", { agent })}</p>
        <div class="buttons">
          <button type="submit" class="danger">
            {t("close_it")}
          </button>
          <button type="button" class="plain" onClick={onClose}>
            {t("cancel")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
