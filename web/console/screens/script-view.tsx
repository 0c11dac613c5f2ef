/**
 * The conversation set like a play: who and when in the margin, the words on a rule, entrances in italics.
 *
 * It follows the end only while the reader is at the end; otherwise it says that there is something new below.
 */
import { useSignal } from "@preact/signals";
import ArrowDown from "lucide-static/icons/arrow-down.svg?raw";
import CheckCheck from "lucide-static/icons/check-check.svg?raw";
import Check from "lucide-static/icons/check.svg?raw";
import CircleAlert from "lucide-static/icons/circle-alert.svg?raw";
import Clock from "lucide-static/icons/clock.svg?raw";
import Lock from "lucide-static/icons/lock.svg?raw";
import { Fragment, type VNode } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { EventFrame } from "../../../domain/chat/wire.ts";
import type { DeskConversation } from "../../../domain/desk/wire.ts";
import { date, time } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { Room } from "../live/room.ts";
import { lastSpoken, type Pending } from "../model/log.ts";
import { layOut, pendingState, readUpTo, type Part, type Speech } from "../model/script.ts";
import { Message, sayMessage, type FilePlace } from "../parts/message.tsx";
import { Prose } from "../parts/prose.tsx";
import { sayOutcome } from "../parts/outcome.ts";
import { sayFirstName } from "../parts/who.tsx";
import { locale, t } from "../words.ts";

const END_WITHIN_PX = 48;

export type ScriptViewProps = {
  room: Room;
  item: DeskConversation;
  me: { id: string; name: string };
  /** What came after this `seq` was new when the agent opened the conversation. */
  newFrom: number;
  files: FilePlace;
};

export function ScriptView({ room, item, me, newFrom, files }: ScriptViewProps): VNode {
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useSignal(true);
  const log = room.log.value;
  const parts = layOut(log, (at) => date(locale.value, at));
  const firstNew = newFrom === 0 ? null : firstNewOf(parts, newFrom);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element !== null && atEnd.peek()) element.scrollTop = element.scrollHeight;
  }, [log, room.typing.value]);

  useEffect(() => {
    const look = (): void => {
      if (atEnd.peek() && document.visibilityState === "visible" && document.hasFocus()) room.seen();
    };
    look();
    addEventListener("focus", look);
    document.addEventListener("visibilitychange", look);
    return () => {
      removeEventListener("focus", look);
      document.removeEventListener("visibilitychange", look);
    };
  }, [log, atEnd.value]);

  function onScroll(): void {
    const element = scroller.current;
    if (element === null) return;
    atEnd.value = element.scrollHeight - element.scrollTop - element.clientHeight < END_WITHIN_PX;
  }

  function toEnd(): void {
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }

  return (
    <div class="script-frame">
      <div
        ref={scroller}
        class="script"
        role="log"
        aria-live="off"
        aria-label={t("script")}
        tabIndex={0}
        onScroll={onScroll}
      >
        {!room.welcomed.value && parts.length === 0 && log.pending.length === 0 ? <ScriptSkeleton /> : null}
        {parts.map((part) => (
          <Fragment key={part.key}>
            {part.key === firstNew ? (
              <p class="new-line">
                <span>{t("new_messages")}</span>
              </p>
            ) : null}
            <PartView part={part} item={item} me={me} log={log} files={files} />
          </Fragment>
        ))}
        {log.pending.map((message) => (
          <PendingView key={message.clientId} room={room} message={message} me={me} files={files} />
        ))}
      </div>
      {atEnd.value ? null : (
        <button type="button" class="to-end" onClick={toEnd}>
          <Icon svg={ArrowDown} />
          {room.unread.value === 0 ? t("to_end") : t("new_below", { count: room.unread.value })}
        </button>
      )}
      <LastSpoken room={room} item={item} />
    </div>
  );
}

/** Only what the visitor newly says is read out; the history is not. */
function LastSpoken({ room, item }: { room: Room; item: DeskConversation }): VNode {
  const last = lastSpoken(room.log.value);
  const fresh = last !== null && last.from.role === "visitor" && Date.now() - Date.parse(last.at) < 10_000;
  return (
    <div class="sr-only" aria-live="polite">
      {fresh ? `${sayFirstName(item)} : ${sayMessage(last)}` : ""}
    </div>
  );
}

function firstNewOf(parts: readonly Part[], newFrom: number): string | null {
  const found = parts.find(
    (part) => part.part === "speech" && part.from.role === "visitor" && part.seq > newFrom,
  );
  return found?.key ?? null;
}

/** Who the visitor of a play is, as far as their name is concerned. */
export type Speaker = Pick<DeskConversation, "name" | "place">;

export type PartViewProps = {
  part: Part;
  item: Speaker;
  me: { id: string; name: string };
  log: Parameters<typeof readUpTo>[0];
  files: FilePlace;
};

/** One part of a play; `me` is whose own words say whether they were read. */
export function PartView({ part, item, me, log, files }: PartViewProps): VNode | null {
  switch (part.part) {
    case "day":
      return <p class="day-line note">{date(locale.value, part.at)}</p>;
    case "entrance":
      return <EntranceLine event={part.event} item={item} />;
    case "speech":
      return <SpeechView speech={part} item={item} me={me} log={log} files={files} />;
  }
}

type SpeechViewProps = Omit<PartViewProps, "part"> & { speech: Speech };

function SpeechView({ speech, item, me, log, files }: SpeechViewProps): VNode {
  const own = speech.from.id === me.id && speech.from.role === "agent";
  const read = own && !speech.note && speech.seq === readUpTo(log, me.id);
  const lastOwn = own && !speech.note && speech.seq === lastOwnSeq(log, me.id) && !read;
  return (
    <article class={`speech ${speech.from.role} ${speech.note ? "internal" : ""}`}>
      <div class="margin">
        <strong class="speaker">
          {speech.note ? <Icon svg={Lock} size={12} /> : null}
          {speakerOf(speech, item)}
        </strong>
        <span class="note">
          {speech.note ? `${t("note_mark")} · ` : null}
          <time dateTime={speech.at}>{time(locale.value, speech.at)}</time>
        </span>
      </div>
      <div class="words">
        {speech.lines.map((line) => (
          <Message key={line.key} said={line} ours={speech.from.role !== "visitor"} files={files} />
        ))}
        {speech.note ? <p class="note internal-mark">{t("note_never_shown")}</p> : null}
        {read ? <State icon={CheckCheck} words={t("read")} /> : null}
        {lastOwn ? <State icon={Check} words={t("sent")} /> : null}
      </div>
    </article>
  );
}

function lastOwnSeq(log: Parameters<typeof readUpTo>[0], me: string): number {
  const own = log.entries.findLast(
    (entry) => entry.type === "message" && "from" in entry && isFrom(entry.from, me) && entry.kind !== "note",
  );
  return own?.seq ?? 0;
}

function isFrom(from: unknown, id: string): boolean {
  return typeof from === "object" && from !== null && "id" in from && from.id === id;
}

function speakerOf(speech: Speech, item: Speaker): string {
  if (speech.from.role === "visitor") return sayFirstName(item);
  return speech.from.name?.split(" ")[0] ?? t(`role_${speech.from.role}`);
}

function EntranceLine({ event, item }: { event: EventFrame; item: Speaker }): VNode {
  const note = typeof event["note"] === "string" ? event["note"] : null;
  return (
    <>
      <p class="system-line entrance">
        {sayEvent(event, item)} <time dateTime={event.at}>{time(locale.value, event.at)}</time>
      </p>
      {note === null ? null : (
        <article class="speech internal">
          <div class="margin">
            <strong class="speaker">
              <Icon svg={Lock} size={12} />
              {nameIn(event["from"]) ?? t("role_agent")}
            </strong>
          </div>
          <div class="words">
            <Prose text={note} ours />
            <p class="note internal-mark">{t("note_never_shown")}</p>
          </div>
        </article>
      )}
    </>
  );
}

/** An entrance in words; one that this console does not know is said by its name. */
function sayEvent(event: EventFrame, item: Speaker): string {
  const from = nameIn(event["from"]);
  const key = `event_${event.name === "transferred" && from === null ? "transferred_to" : event.name}`;
  const words = t(key, {
    agent: nameIn(event["agent"]) ?? t("role_agent"),
    from: from ?? "",
    visitor: sayFirstName(item),
    reason: typeof event["reason"] === "string" ? event["reason"] : "other",
    outcome: typeof event["outcome"] === "string" ? sayOutcome(event["outcome"]) : "…",
  });
  return words === key ? event.name : words;
}

function nameIn(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("name" in value)) return null;
  return typeof value.name === "string" ? (value.name.split(" ")[0] ?? value.name) : null;
}

type PendingViewProps = { room: Room; message: Pending; me: { name: string }; files: FilePlace };

/** A message that the room has not acknowledged, with its state in a word. */
function PendingView({ room, message, me, files }: PendingViewProps): VNode {
  const state = pendingState(message, room.welcomed.value);
  return (
    <article class={`speech agent pending ${message.kind === "note" ? "internal" : ""}`}>
      <div class="margin">
        <strong class="speaker">
          {message.kind === "note" ? <Icon svg={Lock} size={12} /> : null}
          {me.name.split(" ")[0]}
        </strong>
        <time class="note" dateTime={message.at}>
          {time(locale.value, message.at)}
        </time>
      </div>
      <div class="words">
        <Message said={message} ours files={files} />
        {state === "refused" ? (
          <p class="state bad">
            <Icon svg={CircleAlert} size={12} />
            {t("not_sent")} ·{" "}
            <button type="button" class="link" onClick={() => room.retry(message.clientId)}>
              {t("send_again")}
            </button>{" "}
            ·{" "}
            <button type="button" class="link" onClick={() => room.takeBack(message.clientId)}>
              {t("take_back")}
            </button>
          </p>
        ) : (
          <State icon={Clock} words={t(state === "sending" ? "sending" : "waits_for_network")} />
        )}
      </div>
    </article>
  );
}

function State({ icon, words }: { icon: string; words: string }): VNode {
  return (
    <p class="state note">
      <Icon svg={icon} size={12} />
      {words}
    </p>
  );
}

export function ScriptSkeleton(): VNode {
  return (
    <div class="skeletons" aria-hidden="true">
      {[60, 40, 75].map((width) => (
        <div key={width} class="speech">
          <div class="margin">
            <span class="skeleton" />
          </div>
          <div class="words">
            <span class="skeleton" style={{ width: `${width}%` }} />
          </div>
        </div>
      ))}
    </div>
  );
}
