/** How the conversation ended; this ends it for the visitor too. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import CircleAlert from "lucide-static/icons/circle-alert.svg?raw";
import type { VNode } from "preact";
import { Icon } from "../../shared/icon.tsx";
import { whoOf } from "../model/queue-view.ts";
import { type Conclusion, missesCode } from "../model/wrap-up.ts";
import { Dialog } from "../parts/dialog.tsx";
import { OUTCOMES } from "../parts/outcome.ts";
import { sayWho } from "../parts/who.tsx";
import { locale, t } from "../words.ts";
import type { SheetProps } from "./sheets.tsx";

/** As long as it is not read. */
const UNKNOWN: Conclusion = { codes: [], asks: false, restDays: null };

export function ConcludeSheet({ office, item, room, onClose }: SheetProps): VNode {
  const outcome = useSignal<(typeof OUTCOMES)[number]>("resolved");
  const chosen = useSignal<readonly string[]>([]);
  const note = useSignal("");
  const ask = useSignal(false);
  const tried = useSignal(false);
  const { codes, asks, restDays } = office.conclusion.state.value.value ?? UNKNOWN;
  // The site may have changed it since it was read.
  useEffect(() => {
    if (office.conclusion.state.peek().at !== null) office.conclusion.refresh();
  }, [office]);
  const missing = missesCode(codes, chosen.value);
  const over = room.status.value === "closed";

  function submit(event: Event): void {
    event.preventDefault();
    tried.value = true;
    if (missing) return;
    const how = { outcome: outcome.value, codes: chosen.value, note: note.value };
    office.conclude(item.conversation, { ...how, ask: asks && !over && ask.value });
    onClose();
  }

  function toggle(key: string): void {
    chosen.value = chosen.value.includes(key)
      ? chosen.value.filter((one) => one !== key)
      : [...chosen.value, key];
  }

  return (
    <Dialog title={t("conclude_title", { who: sayWho(whoOf(item)) })} onClose={onClose}>
      <form onSubmit={submit} class="dialog-form">
        <fieldset class="options-two">
          <legend>{t("conclude_how")}</legend>
          {OUTCOMES.map((one) => (
            <label key={one} class="option">
              <input
                type="radio"
                name="outcome"
                checked={outcome.value === one}
                onChange={() => (outcome.value = one)}
              />
              <span>{t(`outcome_${one}`)}</span>
            </label>
          ))}
        </fieldset>
        {codes.length === 0 ? null : (
          <fieldset class="options-two" aria-describedby="codes-fault">
            <legend>{t("conclude_codes")}</legend>
            {codes.map((code) => (
              <label key={code.key} class="option">
                <input
                  type="checkbox"
                  checked={chosen.value.includes(code.key)}
                  onChange={() => toggle(code.key)}
                />
                <span>{code.label[locale.value] ?? code.label.fr ?? code.label.en ?? code.key}</span>
              </label>
            ))}
            <p class="field-error" id="codes-fault" role="alert">
              {tried.value && missing ? (
                <>
                  <Icon svg={CircleAlert} size={12} />
                  {t("conclude_code_missing")}
                </>
              ) : null}
            </p>
          </fieldset>
        )}
        <div class="field">
          <label for="conclude-note">{t("conclude_note")}</label>
          <textarea
            id="conclude-note"
            rows={2}
            maxLength={2_000}
            value={note.value}
            onInput={(event) => (note.value = event.currentTarget.value)}
          />
          <span class="note">{t("note_never_shown")}</span>
        </div>
        {over || !asks ? null : (
          <div>
            <label class="option">
              <input
                type="checkbox"
                aria-describedby="conclude-ask-note"
                checked={ask.value}
                onChange={(event) => (ask.value = event.currentTarget.checked)}
              />
              <span>{t("conclude_ask")}</span>
            </label>
            <p class="note" id="conclude-ask-note">
              {t(restDays === null ? "conclude_ask_note" : "conclude_ask_rest", { days: restDays ?? 0 })}
            </p>
          </div>
        )}
        {over ? null : <p class="note">{t("conclude_effect")}</p>}
        <div class="buttons">
          <button type="submit" class="primary">
            {t("conclude")}
          </button>
          <button type="button" class="plain" onClick={onClose}>
            {t("cancel")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
