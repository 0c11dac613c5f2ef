/** An earlier conversation of the visitor in view, to be read beside the one under way and not changed. */
import ChevronLeft from "lucide-static/icons/chevron-left.svg?raw";
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { DeskConversation } from "../../../domain/desk/wire.ts";
import { date, dateTime } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { Reading } from "../live/reading.ts";
import { emptyLog } from "../model/log.ts";
import { readPast } from "../model/past.ts";
import { layOut } from "../model/script.ts";
import type { Office } from "../office.ts";
import { FaultBanner } from "../parts/fault.tsx";
import { go } from "../route.ts";
import { locale, t } from "../words.ts";
import { PartView, ScriptSkeleton } from "./script-view.tsx";

/** History follows a conversation that has just ended by seconds: its text is asked for again, a few times. */
const WRITTEN_AGAIN_MS = [500, 1_000, 2_000, 4_000, 8_000];

/** Nobody's words are "mine" here: what was read when is no longer of use. */
const READER = { id: "", name: "" };

export type PastPaneProps = { office: Office; item: DeskConversation; id: string };

export function PastPane({ office, item, id }: PastPaneProps): VNode {
  const [reading] = useState(
    () => new Reading(`/api/sites/${office.site.key}/conversations/${encodeURIComponent(id)}`, readPast),
  );
  const { value, at, fault, busy } = reading.state.value;
  const log = { ...emptyLog(), entries: value?.entries ?? [] };
  const tries = useRef(0);
  const empty = value?.entries.length === 0;
  useEffect(() => {
    const wait = WRITTEN_AGAIN_MS[tries.current];
    if (value === null || value.whole || busy || wait === undefined) return;
    tries.current += 1;
    const again = setTimeout(reading.refresh, wait);
    return () => clearTimeout(again);
  }, [reading, value, busy]);
  const back = useRef<HTMLButtonElement>(null);
  useEffect(() => back.current?.focus(), []);
  return (
    <section class="pane conversation-pane" aria-labelledby="past-title">
      <header class="conversation-head">
        <div class="conversation-who">
          <h2 id="past-title">
            {value === null ? t("past") : t("past_of", { at: dateTime(locale.value, value.at) })}
          </h2>
          <p class="note">{t("past_read_only")}</p>
        </div>
        <div class="buttons conversation-actions">
          <button
            ref={back}
            type="button"
            onClick={() => go({ name: "conversation", conversation: item.conversation })}
          >
            <Icon svg={ChevronLeft} />
            {t("back_to_conversation")}
          </button>
        </div>
      </header>
      {fault === null ? null : (
        <FaultBanner what={t("past_failed")} fault={fault} shownAt={at} onRetry={reading.refresh} />
      )}
      <div class="script-frame">
        <div class="script" role="region" aria-label={t("script")} tabIndex={0}>
          {value === null && fault === null ? <ScriptSkeleton /> : null}
          {empty ? <p class="quiet">{t("past_gone")}</p> : null}
          {layOut(log, (moment) => date(locale.value, moment)).map((part) => (
            <PartView
              key={part.key}
              part={part}
              item={item}
              me={READER}
              log={log}
              files={{ site: office.site.key, conversation: id }}
            />
          ))}
        </div>
      </div>
    </section>
  );
}
