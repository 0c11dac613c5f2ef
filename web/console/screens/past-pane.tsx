/**
 * A conversation of the past, read-only: beside the one under way, whose draft stays as it is, or among the results of
 * a search.
 */
import ChevronLeft from "lucide-static/icons/chevron-left.svg?raw";
import Download from "lucide-static/icons/download.svg?raw";
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
import { PartView, ScriptSkeleton, type Speaker } from "./script-view.tsx";

/** History follows a conversation that has just ended by seconds: its text is asked for again, a few times. */
const WRITTEN_AGAIN_MS = [500, 1_000, 2_000, 4_000, 8_000];

/** Nobody's words are "mine" here: what was read when is no longer of use. */
const READER = { id: "", name: "" };

export type PastPaneProps = { office: Office; item: DeskConversation; id: string };

export function PastPane({ office, item, id }: PastPaneProps): VNode {
  return (
    <PastView
      office={office}
      id={id}
      who={item}
      back={t("back_to_conversation")}
      onBack={() => go({ name: "conversation", conversation: item.conversation })}
    />
  );
}

export type PastViewProps = { office: Office; id: string; who: Speaker; back: string; onBack: () => void };

export function PastView({ office, id, who, back, onBack }: PastViewProps): VNode {
  const path = `/api/sites/${office.site.key}/conversations/${encodeURIComponent(id)}`;
  const [reading] = useState(() => new Reading(path, readPast));
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
  const way = useRef<HTMLButtonElement>(null);
  useEffect(() => way.current?.focus(), []);
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
          <a class="button" href={`${path}/transcript.txt`} download="">
            <Icon svg={Download} />
            <span>{t("transcript_short")}</span>
          </a>
          <button ref={way} type="button" onClick={onBack}>
            <Icon svg={ChevronLeft} />
            <span>{back}</span>
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
              item={who}
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
