/**
 * The form that somebody is in: begun at the first input, then submitted or abandoned; and fields that are changed
 * again after they were left.
 *
 * Names and counts leave the page, never what somebody wrote. Of several forms on a page the last one counts.
 */
import { onField, type Field, type Place } from "./fields.ts";
import { listen, listenTo } from "./listen.ts";
import { signal, tell } from "./report.ts";

/** Buttons, checkboxes, colours, files, numbers, radios, ranges and lists are tried out, as they are meant to. */
const TRIED_OUT = /^[bcfnrs]/;

let form: HTMLFormElement | null = null;
let last: Place;
let startedAt: number;
let refilled: number;

function write(own: HTMLFormElement, place: Place): void {
  last = place;
  if (form === own) return;
  form = own;
  startedAt = performance.now();
  refilled = 0;
  tell("Form Started", place);
}

function end(event: string): void {
  form = null;
  tell(event, { ...last, seconds: Math.round((performance.now() - startedAt) / 1e3), refilled });
}

/** The form is left if it is gone, or if the whole `page` goes. */
export function leaveForm(page?: boolean): void {
  if (form && (page || !form.isConnected)) end("Form Abandoned");
}

export function followForms(): void {
  const changed = new WeakSet<Field>();
  onField("input", (field, place) => field.form && write(field.form, place));
  // A text field's change is told when it is left.
  onField("change", (field, place) => {
    if (TRIED_OUT.test(field.type)) return;
    if (changed.has(field)) {
      refilled++;
      signal("refilled", place, "form");
    }
    changed.add(field);
  });

  listenTo("submit", (own) => own === form && end("Form Submitted"));
  // On the way down: before the beacon hands over what is left.
  listen("pagehide", () => leaveForm(true));
}
