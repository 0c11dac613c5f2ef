/** The sheets of a conversation: give it to a colleague, conclude it; and the keys, for who asks. */
import { useSignal } from "@preact/signals";
import type { VNode } from "preact";
import type { DeskConversation } from "../../../domain/desk/wire.ts";
import { colleaguesOf, placesOf, whoOf } from "../model/queue-view.ts";
import type { Office } from "../office.ts";
import { Dialog } from "../parts/dialog.tsx";
import { sayWho } from "../parts/who.tsx";
import { SHORTCUTS, singleKeys, setSingleKeys } from "../shortcuts.ts";
import { t } from "../words.ts";

type Props = { office: Office; item: DeskConversation; onClose: () => void };

/** To whom, and what they should know. The conversation stays here until the other has it. */
export function TransferDialog({ office, item, onClose }: Props): VNode {
  const { online } = colleaguesOf(office.desk.agents.value, office.desk.meId.value ?? "");
  const to = useSignal<string | null>(null);
  const note = useSignal("");
  const asked = useSignal(false);
  const chosen = online.find((agent) => agent.id === to.value) ?? null;

  function submit(event: Event): void {
    event.preventDefault();
    asked.value = true;
    if (chosen === null) return;
    office.desk.transfer(item.conversation, { agent: chosen.id, name: chosen.name }, note.value);
    onClose();
  }

  return (
    <Dialog title={t("transfer_title", { who: sayWho(whoOf(item)) })} onClose={onClose}>
      {online.length === 0 ? (
        <>
          <p class="quiet">{t("transfer_nobody")}</p>
          <div class="buttons">
            <button type="button" class="primary" onClick={onClose}>
              {t("understood")}
            </button>
          </div>
        </>
      ) : (
        <form onSubmit={submit} class="dialog-form">
          <fieldset aria-describedby="transfer-fault">
            <legend>{t("transfer_to")}</legend>
            {online.map((agent) => (
              <label key={agent.id} class="option">
                <input
                  type="radio"
                  name="to"
                  checked={to.value === agent.id}
                  disabled={placesOf(agent).free === 0}
                  onChange={() => (to.value = agent.id)}
                />
                <span>{agent.name}</span>
                <span class="note">{t("free_places", { places: placesOf(agent).free })}</span>
              </label>
            ))}
          </fieldset>
          <div class="field">
            <label for="transfer-note">{t("transfer_note")}</label>
            <textarea
              id="transfer-note"
              rows={3}
              maxLength={2_000}
              value={note.value}
              onInput={(event) => (note.value = event.currentTarget.value)}
            />
            <span class="note">{t("note_never_shown")}</span>
          </div>
          <p class="field-error" id="transfer-fault" role="alert">
            {asked.value && chosen === null ? t("transfer_whom") : ""}
          </p>
          <div class="buttons">
            <button type="submit" class="primary">
              {t("transfer")}
            </button>
            <button type="button" class="plain" onClick={onClose}>
              {t("cancel")}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

const OUTCOMES = ["resolved", "sold", "follow_up", "unresolved", "no_answer", "unwanted"] as const;

/** How it ended; this ends the conversation for the visitor too. */
export function ConcludeDialog({ office, item, onClose }: Props): VNode {
  const outcome = useSignal<(typeof OUTCOMES)[number]>("resolved");

  function submit(event: Event): void {
    event.preventDefault();
    office.conclude(item.conversation, { outcome: outcome.value, codes: [], note: "" });
    onClose();
  }

  return (
    <Dialog title={t("conclude_title", { who: sayWho(whoOf(item)) })} onClose={onClose}>
      <form onSubmit={submit} class="dialog-form">
        <fieldset>
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
        <p class="note">{t("conclude_effect")}</p>
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

/** Every key, and the switch for those of one letter. */
export function HelpDialog({ onClose }: { onClose: () => void }): VNode {
  return (
    <Dialog title={t("shortcuts")} onClose={onClose}>
      <table class="keys">
        <tbody>
          {SHORTCUTS.map(({ keys, words }) => (
            <tr key={words}>
              <th scope="row">
                {keys.map((key) => (
                  <kbd key={key}>{key === "Esc" ? t("key_name_escape") : key}</kbd>
                ))}
              </th>
              <td>{t(words)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <label class="option">
        <input
          type="checkbox"
          checked={singleKeys.value}
          onChange={(event) => setSingleKeys(event.currentTarget.checked)}
        />
        <span>{t("single_keys")}</span>
      </label>
    </Dialog>
  );
}
