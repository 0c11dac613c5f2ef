/** "What they see": who gets which variant, and each variant as a visitor gets it, side by side. */
import "./creative.css";
import Phone from "lucide-static/icons/smartphone.svg?raw";
import Desktop from "lucide-static/icons/monitor.svg?raw";
import Plus from "lucide-static/icons/plus.svg?raw";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Campaign, Variant } from "../../../domain/targeting/campaign.ts";
import { Icon } from "../../shared/icon.tsx";
import { locale, t } from "../session.ts";
import { nextVariantKey, type Draft } from "./draft.ts";
import type { Fault } from "./fault.ts";
import { Shares } from "./shares.tsx";
import { hasVariables } from "./variables.ts";
import { VariantEditor } from "./variant-editor.tsx";
import { w } from "./words.ts";

type Language = "fr" | "en";

const MAX_VARIANTS = 10;

export function CreativeEditor({
  draft,
  saved,
  fault,
  onChange,
}: {
  draft: Draft;
  saved: Campaign | null;
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
          <button type="button" disabled={variants.length >= MAX_VARIANTS} onClick={add}>
            <Icon svg={Plus} />
            {t("variant")}
          </button>
        </div>
      </div>
      <div class="creative">
        <Shares draft={draft} saved={saved} fault={fault} language={language} onChange={onChange} />
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
      </div>
      {hasVariables(variants) ? <p class="note sample-note">{w("sampleNote")}</p> : null}
    </section>
  );
}
