/**
 * The form that a visitor fills in: which, how long, in which field, and whether it was left. Never what is in it.
 *
 * Units   `seconds` are as the page measured them, at most a day.
 */
import type { EpochMs } from "../ids.ts";
import { moneyOf, textOf } from "./commerce.ts";
import type { Json } from "./facts.ts";
import type { Form } from "./state.ts";

const MAX_SECONDS = 86_400;
const MAX_REFILLED = 1_000;

/** `form` after the event `name` at `now`; unchanged for events that are not about forms. */
export function foldForm(
  form: Form | null,
  name: string,
  properties: Record<string, Json>,
  now: EpochMs,
): Form | null {
  switch (name) {
    case "Form Started":
      return { ...begun(properties, now), field: textOf(properties.field) };
    case "Form Abandoned":
      return abandoned(sameForm(form, properties, now), properties, now);
    case "Form Submitted":
    case "Lead Submitted":
      return null;
    case "Signal Detected":
      return signalled(form, properties, now);
    default:
      return form;
  }
}

/** Two signals speak of a field: a wait in it, and that it was filled in again. */
function signalled(form: Form | null, properties: Record<string, Json>, now: EpochMs): Form | null {
  const signal = properties.signal;
  const speaks = signal === "refilled" || (signal === "hesitation" && textOf(properties.form_id) !== null);
  if (!speaks) return form;
  const same = sameForm(form, properties, now);
  const refilled = same.refilled + (signal === "refilled" ? 1 : 0);
  return {
    ...same,
    field: textOf(properties.field) ?? same.field,
    refilled: Math.min(MAX_REFILLED, refilled),
    abandoned: false,
    seconds: null,
  };
}

function abandoned(form: Form, properties: Record<string, Json>, now: EpochMs): Form {
  const stated = moneyOf(properties.seconds);
  const refilled = moneyOf(properties.refilled) ?? 0;
  const seconds = stated ?? (now - form.startedAt) / 1_000;
  return {
    ...form,
    field: textOf(properties.field) ?? form.field,
    refilled: Math.min(MAX_REFILLED, Math.max(form.refilled, Math.trunc(refilled))),
    abandoned: true,
    seconds: Math.floor(Math.min(MAX_SECONDS, Math.max(0, seconds))),
  };
}

/** The form that `properties` speak of: the one under way, or one whose beginning was not told. */
function sameForm(form: Form | null, properties: Record<string, Json>, now: EpochMs): Form {
  const id = textOf(properties.form_id);
  return form !== null && (id === null || id === form.id) ? form : begun(properties, now);
}

function begun(properties: Record<string, Json>, now: EpochMs): Form {
  return {
    id: textOf(properties.form_id) ?? "form",
    startedAt: now,
    field: null,
    refilled: 0,
    abandoned: false,
    seconds: null,
  };
}
