/** Where the agent writes: an answer or an internal note, with canned answers by `/`. */
import { useSignal } from "@preact/signals";
import Lock from "lucide-static/icons/lock.svg?raw";
import type { VNode } from "preact";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import type { DeskConversation } from "../../../domain/desk/wire.ts";
import { Icon } from "../../shared/icon.tsx";
import type { Room } from "../live/room.ts";
import { askedIn, fitting, insert, type Asked, type Canned } from "../model/canned.ts";
import type { Office } from "../office.ts";
import { sayFirstName } from "../parts/who.tsx";
import { t } from "../words.ts";
import { CannedList } from "./canned-list.tsx";

export const COMPOSER_ID = "composer";

export type ComposerProps = { office: Office; room: Room; item: DeskConversation };

export function Composer({ office, room, item }: ComposerProps): VNode {
  const field = useRef<HTMLTextAreaElement>(null);
  const asked = useSignal<Asked | null>(null);
  const chosen = useSignal(0);
  const caret = useRef<number | null>(null);
  const listId = useId();
  const note = room.mode.value === "note";
  const reading = office.canned.state.value;
  const answers = asked.value === null ? [] : fitting(reading.value ?? [], asked.value.word);
  const open = asked.value !== null && (answers.length > 0 || reading.fault !== null);

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
  }

  function put(answer: Canned): void {
    if (asked.value === null) return;
    const after = insert(room.draft.value, asked.value, answer.text);
    caret.current = after.caret;
    asked.value = null;
    room.write(after.draft);
    field.current?.focus();
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
        put(answer);
        return true;
      case "Escape":
        asked.value = null;
        return true;
      default:
        return false;
    }
  }

  const typing = room.typing.value;
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
          onChoose={put}
        />
      ) : null}
      <div class="composer-head">
        <div class="modes" role="group" aria-label={t("mode")}>
          <button type="button" class="mode" aria-pressed={!note} onClick={() => setMode(room, "reply")}>
            {t("mode_reply")}
          </button>
          <button type="button" class="mode" aria-pressed={note} onClick={() => setMode(room, "note")}>
            <Icon svg={Lock} size={12} />
            {t("mode_note")}
          </button>
        </div>
        <span class="note" aria-live="polite">
          {note
            ? t("note_for_team")
            : typing === null
              ? ""
              : t("is_typing", {
                  name: typing.role === "visitor" ? sayFirstName(item) : (typing.name ?? t("role_agent")),
                })}
        </span>
      </div>
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
      />
      {room.fault.value === "too_large" ? <p class="field-error">{t("too_large")}</p> : null}
      <div class="composer-foot">
        <span class="note hint">
          <kbd>/</kbd> {t("canned_hint")}
        </span>
        <button type="button" class="primary" aria-disabled={room.draft.value.trim() === ""} onClick={post}>
          {note ? t("add_note") : t("send")} <kbd aria-hidden="true">↵</kbd>
        </button>
      </div>
    </div>
  );
}

function setMode(room: Room, mode: "reply" | "note"): void {
  room.mode.value = mode;
  document.getElementById(COMPOSER_ID)?.focus();
}
