/**
 * What people do in the fields of forms, and what those are called. Contents, labels and placeholders are never read.
 *
 * Of a field that is private by its type, by its name or by the site's `data-aparte-private`, and of one without a name,
 * nothing is told, not even that it is there. Nor is searching told: it is not to fill in a form.
 */
import { listenTo } from "./listen.ts";

export type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
export type Place = { form_id: string | null; field: string };

const PASSED_OVER = "[type=password],[type=search],[role=search],[data-aparte-private]";
/** In French and English: passwords, cards, accounts, codes and numbers that the state gives. */
const SECRET = /pass|pwd|mdp|car[dt]|cc|cv|iban|otp|-time|pin\b|sec[ru]/i;
/** A name may be made of what somebody is called: addresses, long numbers, and what a URL has beside its path go. */
const PERSONAL = /.*\/\/[^/]*|[?#].*|\S*@\S*|\d{5,}/g;

/** What `attributes` say: a form's properties may be hidden by its fields' names, its attributes may not. */
const said = (element: Element, attributes: string[]): string[] =>
  attributes.flatMap((attribute) => element.getAttribute(attribute) || []);

const clean = (name: string): string => name.replace(PERSONAL, "");

const isField = (element: Element): element is Field =>
  element.matches("input,textarea,select") && !element.closest(PASSED_OVER);

export function onField(
  event: "click" | "keyup" | "input" | "change",
  act: (field: Field, place: Place) => void,
): void {
  listenTo(event, (field) => {
    if (!isField(field)) return;
    const { form } = field;
    const names = said(field, ["name", "id", "autocomplete"]);
    if (!names[0] || SECRET.test(`${names}`)) return;
    act(field, {
      form_id: form && clean(said(form, ["id", "name", "action"])[0] ?? location.pathname),
      field: clean(names[0]),
    });
  });
}
