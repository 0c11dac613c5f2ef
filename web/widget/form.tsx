/** Fields of the forms, each with its label and what is wrong with it; and what was typed into them in this tab. */
import type { ComponentChildren, VNode } from "preact";
import type { Conversation } from "./conversation.ts";

type Field = {
  label: ComponentChildren;
  id: string;
  /** Empty where nothing is. */
  wrong: string;
  children: (marks: { "aria-invalid": boolean; "aria-describedby": string }) => VNode;
};

export function Labelled({ label, id, wrong, children }: Field): VNode {
  const described = `${id}-wrong`;
  return (
    <>
      <label class="labelled">
        <span>{label}</span>
        {children({ "aria-invalid": wrong !== "", "aria-describedby": described })}
      </label>
      <p id={described} class="wrong" aria-live="polite">
        {wrong}
      </p>
    </>
  );
}

type Typed = { email: string; name: string; phone: string };
const typed = new WeakMap<Conversation, Typed>();

/** Who the visitor has said they are, in whichever form: it is not asked twice. */
export function typedIn(conversation: Conversation): Typed {
  const known = typed.get(conversation) ?? { email: "", name: "", phone: "" };
  typed.set(conversation, known);
  return known;
}

/** What the visitor wrote and nobody has answered: what stands in the field, else what they said while they waited. */
export function questionOf({ draft, rows, status }: Conversation): string {
  if (draft.value.trim() !== "" || status.value !== "queued") return draft.value;
  return rows.value
    .flatMap((row) => (row.type === "run" && row.mine ? row.bubbles : []))
    .filter(({ kind }) => kind === "text")
    .map(({ body }) => body)
    .join("\n");
}

/** Somebody has come to the conversation, whatever the desk says of others. */
export function isTaken({ agent, status }: Conversation): boolean {
  return status.value === "open" && agent.value !== null;
}
