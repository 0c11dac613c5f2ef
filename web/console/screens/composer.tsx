/**
 * Where the agent writes: an answer or an internal note, with canned answers by `/`, files and product cards. Who looks
 * on writes notes only.
 */
import { useSignal } from "@preact/signals";
import CircleAlert from "lucide-static/icons/circle-alert.svg?raw";
import Lock from "lucide-static/icons/lock.svg?raw";
import type { VNode } from "preact";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import type { DeskConversation } from "../../../domain/desk/wire.ts";
import { Icon } from "../../shared/icon.tsx";
import { fillCanned } from "../live/canned-fill.ts";
import type { Room } from "../live/room.ts";
import { askedIn, fitting, hasVariables, insert, isAlone, type Asked, type Canned } from "../model/canned.ts";
import type { Office } from "../office.ts";
import { sayFirstName } from "../parts/who.tsx";
import { t } from "../words.ts";
import { AttachmentTray, ComposerTools } from "./attachment-tray.tsx";
import { CannedList } from "./canned-list.tsx";

export const COMPOSER_ID = "composer";

export type ComposerProps = { office: Office; room: Room; item: DeskConversation; onCard: () => void };

export function Composer({ office, room, item, onCard }: ComposerProps): VNode {
  const field = useRef<HTMLTextAreaElement>(null);
  const asked = useSignal<Asked | null>(null);
  const chosen = useSignal(0);
  const filling = useSignal<"no" | "yes" | "failed">("no");
  const caret = useRef<number | null>(null);
  const listId = useId();
  const note = room.writesNote;
  const reading = office.canned.state.value;
  const answers = asked.value === null ? [] : fitting(reading.value ?? [], asked.value.word);
  const open = asked.value !== null && (answers.length > 0 || reading.fault !== null);
  const files = note ? [] : room.attachments.items.value;
  const nothing = room.draft.value.trim() === "" && files.every(({ state }) => state.is !== "ready");
  const waits = room.attachments.busy.value && !note;

  useEffect(() => {
    if (matchMedia("(min-width: 900px)").matches) field.current?.focus();
  }, [room]);

  useLayoutEffect(() => {
    if (caret.current === null) return;
    field.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });

  function look(): void {
    const element = field.current;
    if (element === null) return;
    asked.value = askedIn(element.value, element.selectionStart);
    chosen.value = 0;
    filling.value = "no";
  }

  /** The answer in the place of what was asked; with variables, once the server has filled them. */
  async function put(answer: Canned): Promise<void> {
    const place = asked.value;
    if (place === null) return;
    asked.value = null;
    field.current?.focus();
    let { text } = answer;
    if (hasVariables(text)) {
      const before = room.draft.value;
      filling.value = "yes";
      const filled = await fillCanned(office.site.key, answer.id, item.conversation);
      filling.value = filled === null ? "failed" : "no";
      // Whoever has typed on meanwhile does not want it in their words any more.
      if (filled === null || room.draft.value !== before) return;
      text = filled;
    }
    const after = insert(room.draft.value, place, text);
    caret.current = after.caret;
    room.begin(answer.id, text, isAlone(room.draft.value, place));
    room.write(after.draft);
  }

  function post(): void {
    asked.value = null;
    room.post();
    field.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (open && onListKey(event)) return event.preventDefault();
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      post();
    } else if (event.key === "Escape") {
      field.current?.blur();
    }
  }

  function onListKey(event: KeyboardEvent): boolean {
    const count = answers.length;
    const answer = answers[chosen.value];
    switch (event.key) {
      case "ArrowDown":
        chosen.value = (chosen.value + 1) % Math.max(1, count);
        return true;
      case "ArrowUp":
        chosen.value = (chosen.value - 1 + count) % Math.max(1, count);
        return true;
      case "Tab":
      case "Enter":
        if (answer === undefined || event.shiftKey) return false;
        void put(answer);
        return true;
      case "Escape":
        asked.value = null;
        return true;
      default:
        return false;
    }
  }

  function onPaste(event: ClipboardEvent): void {
    const pasted = event.clipboardData?.files;
    if (note || pasted === undefined || pasted.length === 0) return;
    event.preventDefault();
    room.attachments.add(pasted);
  }

  return (
    <div class={`composer ${note ? "note-mode" : ""}`}>
      {open && asked.value !== null ? (
        <CannedList
          id={listId}
          answers={answers}
          word={asked.value.word}
          chosen={chosen.value}
          fault={reading.fault}
          onRetry={office.canned.refresh}
          onChoose={(answer) => void put(answer)}
        />
      ) : null}
      <div class="composer-head">
        <Modes room={room} item={item} />
        <Beside room={room} item={item} />
      </div>
      {note ? null : <AttachmentTray attachments={room.attachments} />}
      <textarea
        ref={field}
        id={COMPOSER_ID}
        rows={2}
        aria-label={note ? t("note_label") : t("reply_label", { name: sayFirstName(item) })}
        aria-autocomplete="list"
        aria-controls={open ? listId : undefined}
        aria-activedescendant={open && answers.length > 0 ? `${listId}-${chosen.value}` : undefined}
        aria-invalid={room.fault.value === "too_large"}
        value={room.draft.value}
        onInput={(event) => {
          room.write(event.currentTarget.value);
          look();
        }}
        onClick={look}
        onKeyUp={(event) => {
          if (event.key === "ArrowLeft" || event.key === "ArrowRight") look();
        }}
        onBlur={() => (asked.value = null)}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
      />
      <p class="field-error" role="status">
        {room.fault.value === "too_large" ? <Fault words={t("too_large")} /> : null}
        {filling.value === "failed" ? <Fault words={t("canned_fill_failed")} /> : null}
      </p>
      <div class="composer-foot">
        {note ? <span /> : <ComposerTools attachments={room.attachments} onCard={onCard} />}
        <span class="note hint">
          {filling.value === "yes" ? (
            t("canned_filling")
          ) : (
            <>
              <kbd>/</kbd> {t("canned_hint")}
            </>
          )}
        </span>
        <button type="button" class="primary" aria-disabled={nothing || waits} onClick={post}>
          {waits ? t("files_on_their_way") : note ? t("add_note") : t("send")} <kbd aria-hidden="true">↵</kbd>
        </button>
      </div>
    </div>
  );
}

function Fault({ words }: { words: string }): VNode {
  return (
    <>
      <Icon svg={CircleAlert} size={12} />
      {words}
    </>
  );
}

type HeadProps = { room: Room; item: DeskConversation };

/** Answer or note; who looks on has no choice, and is told so. */
function Modes({ room, item }: HeadProps): VNode {
  const note = room.writesNote;
  if (room.looksOn.value) {
    const name = item.agent?.name?.split(" ")[0];
    return (
      <span class="mode-only warn">
        <Icon svg={Lock} size={12} />
        {name === undefined ? t("mode_note") : t("whisper_to", { name })}
      </span>
    );
  }
  return (
    <div class="modes" role="group" aria-label={t("mode")}>
      <button type="button" class="mode" aria-pressed={!note} onClick={() => setMode(room, "reply")}>
        {t("mode_reply")}
      </button>
      <button type="button" class="mode" aria-pressed={note} onClick={() => setMode(room, "note")}>
        <Icon svg={Lock} size={12} />
        {t("mode_note")}
      </button>
    </div>
  );
}

/** Who reads this, or who writes now. */
function Beside({ room, item }: HeadProps): VNode {
  const typing = room.typing.value;
  const name = typing === null ? "" : typing.role === "visitor" ? sayFirstName(item) : typing.name;
  return (
    <span class="note" aria-live="polite">
      {typing !== null
        ? t("is_typing", { name: name ?? t("role_agent") })
        : room.writesNote
          ? t("note_for_team")
          : ""}
    </span>
  );
}

function setMode(room: Room, mode: "reply" | "note"): void {
  room.mode.value = mode;
  document.getElementById(COMPOSER_ID)?.focus();
}
