/** "What they see": each variant's words in both languages, their shares, and the card as a visitor gets it. */
import Phone from "lucide-static/icons/smartphone.svg?raw";
import Desktop from "lucide-static/icons/monitor.svg?raw";
import Plus from "lucide-static/icons/plus.svg?raw";
import Cross from "lucide-static/icons/x.svg?raw";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { CreativeText, Variant } from "../../../domain/targeting/campaign.ts";
import { percent } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { TextField } from "../field.tsx";
import { locale, t } from "../session.ts";
import { CardPreview } from "./card-preview.tsx";
import { nextVariantKey, sharesOf, type Draft } from "./draft.ts";
import { faultAt, type Fault } from "./fault.ts";

type Language = "fr" | "en";
type TextKey = "title" | "text" | "accept" | "decline" | "code" | "link";

const TEXTS: Record<"chat" | "offer" | "content", TextKey[]> = {
  chat: ["title", "text", "accept", "decline"],
  offer: ["title", "text", "code", "accept", "decline", "link"],
  content: ["title", "text", "accept", "decline", "link"],
};
const LIMIT: Record<TextKey, number> = {
  title: 160,
  text: 600,
  accept: 60,
  decline: 60,
  code: 60,
  link: 2_000,
};

export function CreativeEditor({
  draft,
  fault,
  onChange,
}: {
  draft: Draft;
  fault: Fault | null;
  onChange: (part: Partial<Draft>) => void;
}): VNode {
  const [language, setLanguage] = useState<Language>(locale.value);
  const [phone, setPhone] = useState(false);
  const { variants } = draft;
  const put = (index: number, variant: Variant): void =>
    onChange({ variants: variants.toSpliced(index, 1, variant) });
  const add = (): void =>
    onChange({
      variants: [...variants, { key: nextVariantKey(draft), weight: 1, creative: { fr: {}, en: {} } }],
    });
  return (
    <section aria-labelledby="creative-title">
      <div class="section-head">
        <h2 id="creative-title">{t("creativeTitle")}</h2>
        <div class="section-actions">
          <select
            aria-label={t("previewLanguage")}
            value={language}
            onChange={(event) => setLanguage(event.currentTarget.value === "fr" ? "fr" : "en")}
          >
            <option value="fr">Français</option>
            <option value="en">English</option>
          </select>
          <button type="button" aria-pressed={phone} onClick={() => setPhone(!phone)}>
            <Icon svg={phone ? Desktop : Phone} />
            {t(phone ? "desktop" : "phone")}
          </button>
          <button type="button" disabled={variants.length >= 10} onClick={add}>
            <Icon svg={Plus} />
            {t("variant")}
          </button>
        </div>
      </div>
      <Shares draft={draft} />
      <div class="variants">
        {variants.map((variant, index) => (
          <VariantEditor
            key={index}
            index={index}
            variant={variant}
            kind={draft.kind}
            language={language}
            phone={phone}
            fault={fault}
            onChange={(next) => put(index, next)}
            {...(variants.length > 1
              ? { onRemove: () => onChange({ variants: variants.toSpliced(index, 1) }) }
              : {})}
          />
        ))}
      </div>
    </section>
  );
}

function Shares({ draft }: { draft: Draft }): VNode {
  const shares = sharesOf(draft);
  const parts = [
    ...draft.variants.map((variant, index) => ({
      name: variant.key.toUpperCase(),
      share: shares[index] ?? 0,
      held: false,
    })),
    { name: t("holdout"), share: draft.holdout, held: true },
  ].filter((part) => part.share > 0 || !part.held);
  return (
    <ul class="shares" aria-label={t("shares")}>
      {parts.map((part, index) => (
        <li
          key={part.name}
          class={part.held ? "held" : index % 2 === 0 ? "even" : "odd"}
          style={{ flexGrow: Math.max(part.share, 0.02) }}
        >
          <span class="share-bar" />
          <strong>{part.name}</strong> {percent(locale.value, part.share, 0)}
          {part.held ? <span class="note"> {t("seesNothing")}</span> : null}
        </li>
      ))}
    </ul>
  );
}

function VariantEditor({
  index,
  variant,
  kind,
  language,
  phone,
  fault,
  onChange,
  onRemove,
}: {
  index: number;
  variant: Variant;
  kind: Draft["kind"];
  language: Language;
  phone: boolean;
  fault: Fault | null;
  onChange: (variant: Variant) => void;
  onRemove?: () => void;
}): VNode {
  const creative: CreativeText = variant.creative[language] ?? {};
  const at = `variants.${index}`;
  const keys = kind === "offer" || kind === "content" ? TEXTS[kind] : TEXTS.chat;
  const write = (key: TextKey, text: string): void => {
    const { [key]: _before, ...others } = creative;
    // An empty text is no text: then the widget's own words stand.
    const next: CreativeText = text === "" ? others : { ...others, [key]: text };
    onChange({ ...variant, creative: { ...variant.creative, [language]: next } });
  };
  const missing = (["fr", "en"] as const).filter((one) => (variant.creative[one]?.title ?? "") === "");
  return (
    <div class="variant" role="group" aria-label={t("variantNamed", { key: variant.key })}>
      <div class="variant-head">
        <strong>{variant.key.toUpperCase()}</strong>
        {missing.length === 0 ? null : (
          <span class="tag warn">
            {t("missingIn", { languages: missing.map((one) => t(`lang_${one}`)).join(", ") })}
          </span>
        )}
        {onRemove === undefined ? null : (
          <button
            type="button"
            class="plain small icon-only"
            aria-label={t("removeVariant", { key: variant.key })}
            title={t("removeVariant", { key: variant.key })}
            onClick={onRemove}
          >
            <Icon svg={Cross} />
          </button>
        )}
      </div>
      <CardPreview kind={kind} creative={creative} language={language} phone={phone} />
      <div class="variant-fields">
        <TextField
          label={t("variantKey")}
          value={variant.key}
          maxLength={40}
          error={faultAt(fault, `${at}.key`)}
          onInput={(key) => onChange({ ...variant, key })}
        />
        <TextField
          label={t("weight")}
          type="number"
          min={0}
          max={1}
          step={0.05}
          value={String(variant.weight)}
          note={t("weightNote")}
          error={faultAt(fault, `${at}.weight`)}
          onInput={(text) => onChange({ ...variant, weight: text === "" ? 0 : Number(text) })}
        />
        {keys.map((key) => (
          <TextField
            key={key}
            label={`${t(`text_${key}`)} (${t(`lang_${language}`)})`}
            lang={language}
            value={String(creative[key] ?? "")}
            maxLength={LIMIT[key]}
            {...(key === "text" ? { rows: 3 } : {})}
            error={faultAt(fault, `${at}.creative.${language}.${key}`)}
            onInput={(text) => write(key, text)}
          />
        ))}
      </div>
    </div>
  );
}
