/** A product to show the visitor: one they looked at, or one typed by hand; and how they will see it. */
import { useSignal } from "@preact/signals";
import CircleAlert from "lucide-static/icons/circle-alert.svg?raw";
import type { VNode } from "preact";
import { useId, useState } from "preact/hooks";
import { number } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { money } from "../format.ts";
import { Reading } from "../live/reading.ts";
import { cardFrom, type CardDraft, type CardFault } from "../model/message.ts";
import { readSeen, type Seen } from "../model/products.ts";
import { Dialog } from "../parts/dialog.tsx";
import { FaultBanner } from "../parts/fault.tsx";
import { CardView } from "../parts/message.tsx";
import { locale, t } from "../words.ts";
import type { SheetProps } from "./sheets.tsx";

const EMPTY: CardDraft = { title: "", url: "", price: "", image: "", text: "" };
const CURRENCIES = ["EUR", "USD", "GBP", "CHF", "CAD"];

export function CardSheet({ office, item, room, onClose }: SheetProps): VNode {
  const [reading] = useState(
    () =>
      new Reading(
        `/api/sites/${office.site.key}/visitors/${encodeURIComponent(item.visitor)}?conversation=${encodeURIComponent(item.conversation)}`,
        (answer) => readSeen(answer, office.site.name),
      ),
  );
  const draft = useSignal<CardDraft>(EMPTY);
  const chosenCurrency = useSignal<string | null>(null);
  const asked = useSignal(false);
  const { value, at, fault, busy } = reading.state.value;
  const currency = chosenCurrency.value ?? value?.currency ?? "EUR";
  const made = cardFrom(draft.value, currency);
  const wrong = asked.value && !made.ok ? made.field : null;

  function submit(event: Event): void {
    event.preventDefault();
    asked.value = true;
    if (!made.ok) return;
    room.postCard(made.card);
    onClose();
  }

  function choose({ title, url, price }: Seen): void {
    asked.value = false;
    draft.value = { ...EMPTY, title, url, price: price === null ? "" : number(locale.value, price, 2) };
  }

  const field = (name: keyof CardDraft) => ({
    value: draft.value[name],
    onInput: (words: string) => (draft.value = { ...draft.value, [name]: words }),
    wrong: wrong === name,
  });
  return (
    <Dialog title={t("card_sheet")} onClose={onClose}>
      <form class="dialog-form" noValidate onSubmit={submit}>
        <fieldset class="seen">
          <legend>{t("card_seen")}</legend>
          {fault === null || fault.code === "not_found" ? null : (
            <FaultBanner what={t("visitor_failed")} fault={fault} shownAt={at} onRetry={reading.refresh} />
          )}
          {busy && value === null ? <span class="skeleton seen-skeleton" /> : null}
          {!busy && (value?.products.length ?? 0) === 0 ? <p class="note">{t("card_seen_none")}</p> : null}
          {value?.products.map((seen) => (
            <label key={seen.url} class="option">
              <input
                type="radio"
                name="seen"
                checked={draft.value.url === seen.url}
                onChange={() => choose(seen)}
              />
              <span class="option-words">{seen.title}</span>
              <span class="note">
                {seen.price === null ? "" : money(locale.value, seen.price, value.currency)}
              </span>
            </label>
          ))}
        </fieldset>
        <Field name="title" {...field("title")} />
        <Field name="url" keyboard="url" {...field("url")} />
        <div class="field-pair">
          <Field name="price" keyboard="decimal" {...field("price")} />
          <label class="field">
            <span class="label">{t("card_currency")}</span>
            <select value={currency} onChange={(event) => (chosenCurrency.value = event.currentTarget.value)}>
              {[...new Set([currency, ...CURRENCIES])].map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
        </div>
        <Field name="text" optional {...field("text")} />
        <Field name="image" keyboard="url" optional {...field("image")} />
        <div class="card-preview" aria-live="polite">
          <p class="eyebrow">{t("card_preview")}</p>
          {made.ok ? <CardView card={made.card} /> : <p class="note">{t("card_preview_none")}</p>}
        </div>
        <div class="buttons">
          <button type="submit" class="primary">
            {t("card_send")}
          </button>
          <button type="button" class="plain" onClick={onClose}>
            {t("cancel")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

type FieldProps = {
  name: CardFault | "text";
  keyboard?: "text" | "url" | "decimal";
  optional?: boolean;
  value: string;
  onInput: (words: string) => void;
  wrong: boolean;
};

function Field({ name, keyboard = "text", optional = false, value, onInput, wrong }: FieldProps): VNode {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>
        {t(`card_${name}`)}
        {optional ? <span class="note"> {t("optional")}</span> : null}
      </label>
      <input
        id={id}
        type="text"
        inputMode={keyboard}
        value={value}
        aria-invalid={wrong}
        aria-describedby={wrong ? `${id}-fault` : undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {wrong ? (
        <span class="field-error" id={`${id}-fault`} role="alert">
          <Icon svg={CircleAlert} size={12} />
          {t(`card_fault_${name}`)}
        </span>
      ) : null}
    </div>
  );
}
