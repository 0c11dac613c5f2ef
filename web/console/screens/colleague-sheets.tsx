/** Give the conversation to a colleague or to a skill, or ask a colleague to look at it. */
import { useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { useId } from "preact/hooks";
import { colleaguesOf, placesOf, whoOf } from "../model/queue-view.ts";
import { Dialog } from "../parts/dialog.tsx";
import { sayWho } from "../parts/who.tsx";
import { t } from "../words.ts";
import type { SheetProps } from "./sheets.tsx";

const SKILL = "skill:";

/** To whom, and what they should know. The conversation stays here until the other has it. */
export function TransferSheet({ office, item, onClose }: SheetProps): VNode {
  const { online } = colleaguesOf(office.desk.agents.value, office.desk.meId.value ?? "");
  const skills = (office.skills.state.value.value ?? []).filter((skill) => skill.key !== item.skill);
  const to = useSignal<string | null>(null);
  const note = useSignal("");
  const asked = useSignal(false);
  const reading = office.skills.state.value;
  const nobody = online.length === 0 && skills.length === 0 && !reading.busy;

  function submit(event: Event): void {
    event.preventDefault();
    asked.value = true;
    const { desk } = office;
    const agent = online.find(({ id }) => id === to.value);
    const skill = skills.find(({ key }) => `${SKILL}${key}` === to.value);
    if (agent !== undefined)
      desk.transfer(item.conversation, { agent: agent.id, name: agent.name }, note.value);
    else if (skill !== undefined)
      desk.transfer(item.conversation, { skill: skill.key, name: skill.name }, note.value);
    else return;
    onClose();
  }

  return (
    <Dialog title={t("transfer_title", { who: sayWho(whoOf(item)) })} onClose={onClose}>
      {nobody ? (
        <Nobody words={t("transfer_nobody")} onClose={onClose} />
      ) : (
        <form onSubmit={submit} class="dialog-form">
          <fieldset aria-describedby="transfer-fault">
            <legend>{t("transfer_to")}</legend>
            {online.map((agent) => (
              <Option
                key={agent.id}
                name="to"
                checked={to.value === agent.id}
                disabled={placesOf(agent).free === 0}
                onChoose={() => (to.value = agent.id)}
                words={agent.name}
                note={t("free_places", { places: placesOf(agent).free })}
              />
            ))}
            {skills.length === 0 ? null : <p class="eyebrow options-head">{t("transfer_skills")}</p>}
            {skills.map((skill) => (
              <Option
                key={skill.key}
                name="to"
                checked={to.value === `${SKILL}${skill.key}`}
                onChoose={() => (to.value = `${SKILL}${skill.key}`)}
                words={skill.name}
                note={t("transfer_skill_note")}
              />
            ))}
          </fieldset>
          <Note value={note.value} onInput={(words) => (note.value = words)} />
          <Ends fault={asked.value && to.value === null} words={t("transfer")} onClose={onClose} />
        </form>
      )}
    </Dialog>
  );
}

/** Whom to ask, and what. The conversation stays here; they talk in notes. */
export function ConsultSheet({ office, item, onClose }: SheetProps): VNode {
  const { online } = colleaguesOf(office.desk.agents.value, office.desk.meId.value ?? "");
  const to = useSignal<string | null>(online.length === 1 ? (online[0]?.id ?? null) : null);
  const note = useSignal("");
  const asked = useSignal(false);

  function submit(event: Event): void {
    event.preventDefault();
    asked.value = true;
    const agent = online.find(({ id }) => id === to.value);
    if (agent === undefined) return;
    if (office.desk.consult(item.conversation, agent.id, note.value)) {
      office.notice.value = { key: "notice_consulted", name: agent.name };
    }
    onClose();
  }

  return (
    <Dialog title={t("consult_title", { who: sayWho(whoOf(item)) })} onClose={onClose}>
      {online.length === 0 ? (
        <Nobody words={t("consult_nobody")} onClose={onClose} />
      ) : (
        <form onSubmit={submit} class="dialog-form">
          <p class="quiet">{t("consult_text")}</p>
          <fieldset aria-describedby="transfer-fault">
            <legend>{t("consult_whom")}</legend>
            {online.map((agent) => (
              <Option
                key={agent.id}
                name="to"
                checked={to.value === agent.id}
                onChoose={() => (to.value = agent.id)}
                words={agent.name}
              />
            ))}
          </fieldset>
          <Note value={note.value} onInput={(words) => (note.value = words)} />
          <Ends fault={asked.value && to.value === null} words={t("consult_ask")} onClose={onClose} />
        </form>
      )}
    </Dialog>
  );
}

function Nobody({ words, onClose }: { words: string; onClose: () => void }): VNode {
  return (
    <>
      <p class="quiet">{words}</p>
      <div class="buttons">
        <button type="button" class="primary" onClick={onClose}>
          {t("understood")}
        </button>
      </div>
    </>
  );
}

type OptionProps = {
  name: string;
  checked: boolean;
  disabled?: boolean;
  onChoose: () => void;
  words: string;
  note?: string;
};

function Option({ name, checked, disabled = false, onChoose, words, note }: OptionProps): VNode {
  return (
    <label class="option">
      <input type="radio" name={name} checked={checked} disabled={disabled} onChange={onChoose} />
      <span>{words}</span>
      {note === undefined ? null : <span class="note">{note}</span>}
    </label>
  );
}

function Note({ value, onInput }: { value: string; onInput: (words: string) => void }): VNode {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{t("transfer_note")}</label>
      <textarea
        id={id}
        rows={3}
        maxLength={2_000}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <span class="note">{t("note_never_shown")}</span>
    </div>
  );
}

function Ends({ fault, words, onClose }: { fault: boolean; words: string; onClose: () => void }): VNode {
  return (
    <>
      <p class="field-error" id="transfer-fault" role="alert">
        {fault ? t("transfer_whom") : ""}
      </p>
      <div class="buttons">
        <button type="submit" class="primary">
          {words}
        </button>
        <button type="button" class="plain" onClick={onClose}>
          {t("cancel")}
        </button>
      </div>
    </>
  );
}
