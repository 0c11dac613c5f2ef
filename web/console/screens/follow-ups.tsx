/** What visitors left for later: messages to answer by e-mail, and calls to make. */
import { useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import type { ScreenProps } from "../navigation.ts";
import { BackToList } from "../parts/back-to-list.tsx";
import { FaultBanner } from "../parts/fault.tsx";
import type { Pages } from "../live/pages.ts";
import { go, place } from "../route.ts";
import { t } from "../words.ts";
import { CallList } from "./call-list.tsx";
import { LeftMessageList } from "./left-message-list.tsx";

/** Which of them are listed: those still to be seen to, or those that were. */
export type Stage = "open" | "done";

export function FollowUps({ office }: ScreenProps): VNode {
  const calls = place.value.name === "screen" && place.value.id === "calls";
  const stage = useSignal<Stage>("open");
  const List = calls ? CallList : LeftMessageList;
  return (
    <section class="pane side-pane" aria-labelledby="follow-ups-title">
      <header class="side-head">
        <BackToList />
        <h2 class="title" id="follow-ups-title">
          {t("screen_messages")}
        </h2>
      </header>
      <hr class="double-rule" />
      <div class="side-tabs">
        <div class="modes" role="group" aria-label={t("screen_messages")}>
          <Tab words={t("left_messages")} on={!calls} onChoose={() => show(null)} />
          <Tab words={t("calls")} on={calls} onChoose={() => show("calls")} />
        </div>
        <div class="modes" role="group" aria-label={t("stage")}>
          <Tab words={t("stage_open")} on={stage.value === "open"} onChoose={() => (stage.value = "open")} />
          <Tab words={t("stage_done")} on={stage.value === "done"} onChoose={() => (stage.value = "done")} />
        </div>
      </div>
      <List key={`${calls} ${stage.value}`} office={office} stage={stage.value} />
    </section>
  );
}

function show(id: string | null): void {
  go({ name: "screen", screen: "messages", id });
}

function Tab({ words, on, onChoose }: { words: string; on: boolean; onChoose: () => void }): VNode {
  return (
    <button type="button" class="mode" aria-pressed={on} onClick={onChoose}>
      {words}
    </button>
  );
}

export type ListStateProps<T> = {
  pages: Pages<T>;
  failed: string;
  empty: string;
  emptyText: string;
};

/** What stands around a list that is read: nothing yet, nothing at all, a failure, the way to more. */
export function ListState<T>({ pages, failed, empty, emptyText }: ListStateProps<T>): VNode {
  useEffect(() => {
    addEventListener("focus", pages.refresh);
    return () => {
      removeEventListener("focus", pages.refresh);
      pages.stop();
    };
  }, [pages]);
  const { items, at, fault } = pages.state.value;
  return (
    <>
      {fault === null ? null : (
        <FaultBanner what={failed} fault={fault} shownAt={at} onRetry={pages.refresh} />
      )}
      {items === null && fault === null ? (
        <span class="skeleton messages-skeleton" role="status" aria-label={t("loading")} />
      ) : null}
      {items?.length === 0 ? (
        <div class="empty">
          <h3>{empty}</h3>
          <p>{emptyText}</p>
        </div>
      ) : null}
    </>
  );
}

/** The way to the next page. */
export function MoreButton<T>({ pages }: { pages: Pages<T> }): VNode | null {
  const { next, busy } = pages.state.value;
  if (next === null) return null;
  return (
    <button type="button" aria-disabled={busy} onClick={pages.more}>
      {t("show_more")}
    </button>
  );
}
