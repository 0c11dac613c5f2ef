/** What may be done with a campaign, by its status: save, publish, pause, end. */
import type { VNode } from "preact";
import { t } from "../session.ts";
import type { Draft } from "./draft.ts";

export function EditorActions({
  status,
  isNew,
  changed,
  saving,
  onSave,
}: {
  status: Draft["status"];
  isNew: boolean;
  changed: boolean;
  saving: boolean;
  onSave: (status: Draft["status"]) => Promise<void>;
}): VNode {
  const live = status === "live";
  return (
    <>
      {live || status === "paused" ? (
        <button type="button" class="plain" disabled={saving} onClick={() => void onSave("ended")}>
          {t("end")}
        </button>
      ) : null}
      {live ? (
        <button type="button" disabled={saving} onClick={() => void onSave("paused")}>
          {t("pause")}
        </button>
      ) : (
        <button type="button" disabled={saving || (!changed && !isNew)} onClick={() => void onSave(status)}>
          {t(status === "draft" ? "saveDraft" : "save")}
        </button>
      )}
      <button
        type="button"
        class="primary"
        disabled={saving || (live && !changed)}
        title={t("liveWithin")}
        onClick={() => void onSave("live")}
      >
        {t(live ? "publishChanges" : status === "paused" || status === "ended" ? "resume" : "publish")}
      </button>
    </>
  );
}
