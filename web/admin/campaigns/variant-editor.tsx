/** One variant: as a visitor gets it, then its words in one language and what goes for all of them. */
import Cross from "lucide-static/icons/x.svg?raw";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { filled, wordsIn } from "../../../domain/creative/words.ts";
import type { CreativeText, Variant } from "../../../domain/targeting/campaign.ts";
import { Icon } from "../../shared/icon.tsx";
import { SelectField, TextField } from "../field.tsx";
import { t } from "../session.ts";
import { BlocksEditor } from "./blocks-editor.tsx";
import { CardPreview } from "./card-preview.tsx";
import { ContentPreview } from "./content-preview.tsx";
import { CREATIVE_TEXTS, isInPage, standingOf, withShared, withText, type TextKey } from "./creative-text.ts";
import type { Draft } from "./draft.ts";
import { faultAt, type Fault } from "./fault.ts";
import { ImageField } from "./image-field.tsx";
import { TemplateField } from "./template-field.tsx";
import { useFilled } from "./use-filled.ts";
import { titleOf } from "./variant-title.ts";
import { w } from "./words.ts";

type Language = "fr" | "en";

const LIMIT: Record<TextKey, number> = {
  title: 160,
  text: 600,
  accept: 60,
  decline: 60,
  code: 60,
  link: 2_000,
  image: 2_000,
};

type Props = {
  index: number;
  variant: Variant;
  kind: Draft["kind"];
  language: Language;
  phone: boolean;
  fault: Fault | null;
  onChange: (variant: Variant) => void;
  onRemove?: () => void;
};

export function VariantEditor(props: Props): VNode {
  const { index, variant, kind, language, phone, fault, onChange, onRemove } = props;
  const creative = variant.creative[language] ?? {};
  // Problems are those of what is written here; the picture is what is read, the other language filled in.
  const { problems } = useFilled(creative, language);
  const shown = filled(useFilled(wordsIn(variant.creative, [language]), language).creative);
  const [chosen, setChosen] = useState<"card" | "page" | null>(null);
  const inPage = kind === "content" && (chosen === null ? isInPage(variant) : chosen === "page");
  const at = `variants.${index}`;
  const choosePlace = (place: "card" | "page"): void => {
    setChosen(place);
    if (place === "card") onChange(withShared(variant, { slot: undefined, blocks: undefined }));
  };
  return (
    <div class="variant" role="group" aria-label={t("variantNamed", { key: variant.key })}>
      <VariantHead variant={variant} language={language} inPage={inPage} onRemove={onRemove} />
      {inPage ? (
        <ContentPreview creative={shown} language={language} phone={phone} />
      ) : (
        <CardPreview kind={kind} creative={shown} language={language} phone={phone} />
      )}
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
        {kind === "content" ? (
          <SelectField
            label={w("place")}
            value={inPage ? "page" : "card"}
            options={[
              { value: "card", label: w("place_card") },
              { value: "page", label: w("place_page") },
            ]}
            note={w(inPage ? "placeNote_page" : "placeNote_card")}
            onChange={choosePlace}
          />
        ) : null}
        {inPage ? (
          <PageFields {...props} creative={creative} problems={problems} />
        ) : (
          <CardFields {...props} creative={creative} problems={problems} />
        )}
        <Delay variant={variant} at={at} fault={fault} onChange={onChange} />
      </div>
    </div>
  );
}

function VariantHead({
  variant,
  language,
  inPage,
  onRemove,
}: {
  variant: Variant;
  language: Language;
  inPage: boolean;
  onRemove: (() => void) | undefined;
}): VNode {
  const silent = (["fr", "en"] as const).filter((one) => {
    const words = variant.creative[one];
    return inPage ? (words?.blocks ?? []).length === 0 : (words?.title ?? "") === "";
  });
  const title = titleOf(variant, language);
  const remove = t("removeVariant", { key: variant.key });
  return (
    <div class="variant-head">
      <strong>{variant.key.toUpperCase()}</strong>
      {title === "" ? null : <span class="quiet">{w("quoted", { text: title })}</span>}
      {silent.length === 0 ? null : (
        <span class="tag warn">
          {w(inPage ? "blocksMissingIn" : "titleMissingIn", {
            languages: silent.map((one) => t(`lang_${one}`)).join(", "),
          })}
        </span>
      )}
      {onRemove === undefined ? null : (
        <button
          type="button"
          class="plain small icon-only"
          aria-label={remove}
          title={remove}
          onClick={onRemove}
        >
          <Icon svg={Cross} />
        </button>
      )}
    </div>
  );
}

type FieldProps = Props & { creative: CreativeText; problems: ReadonlyMap<string, string> };

function CardFields({
  index,
  variant,
  kind,
  language,
  fault,
  creative,
  problems,
  onChange,
}: FieldProps): VNode {
  const at = `variants.${index}.creative.${language}`;
  const standing = standingOf(variant, language);
  const write = (key: TextKey, text: string): void => onChange(withText(variant, language, key, text));
  return (
    <>
      {CREATIVE_TEXTS[kind === "offer" || kind === "content" ? kind : "chat"].map((key) => {
        const value = String(creative[key] ?? "");
        const label = `${w(`text_${key}`)} (${t(`lang_${language}`)})`;
        const error = faultAt(fault, `${at}.${key}`);
        if (key === "image") {
          return (
            <ImageField
              key={key}
              label={label}
              value={value}
              error={error}
              onInput={(text) => write(key, text)}
            />
          );
        }
        return (
          <TemplateField
            key={key}
            label={label}
            lang={language}
            value={value}
            maxLength={LIMIT[key]}
            {...(key === "text" ? { rows: 3 } : {})}
            error={error}
            problem={problems.get(key)}
            onInput={(text) => write(key, text)}
          />
        );
      })}
      <SelectField
        label={w("position")}
        value={standing.position}
        options={[
          { value: "end", label: w("position_end") },
          { value: "start", label: w("position_start") },
        ]}
        note={w("positionNote")}
        error={faultAt(fault, `${at}.position`)}
        onChange={(position) =>
          onChange(withShared(variant, { position: position === "end" ? undefined : position }))
        }
      />
      <SelectField
        label={w("launcher")}
        value={standing.alone ? "none" : "stays"}
        options={[
          { value: "stays", label: w("launcher_stays") },
          { value: "none", label: w("launcher_none") },
        ]}
        note={w("launcherNote")}
        error={faultAt(fault, `${at}.launcher`)}
        onChange={(after) =>
          onChange(withShared(variant, { launcher: after === "none" ? after : undefined }))
        }
      />
    </>
  );
}

function PageFields({ index, variant, language, fault, creative, problems, onChange }: FieldProps): VNode {
  const at = `variants.${index}.creative.${language}`;
  const other = language === "fr" ? "en" : "fr";
  const theirs = variant.creative[other]?.blocks ?? [];
  const blocks = creative.blocks ?? [];
  return (
    <>
      <TextField
        label={w("slot")}
        value={creative.slot ?? variant.creative[other]?.slot ?? ""}
        maxLength={40}
        note={w("slotNote")}
        error={faultAt(fault, `${at}.slot`)}
        onInput={(slot) => onChange(withShared(variant, { slot: slot === "" ? undefined : slot }))}
      />
      <div class="wide">
        <BlocksEditor
          blocks={blocks}
          lang={language}
          fault={fault}
          at={`${at}.blocks`}
          problems={problems}
          onChange={(next) =>
            onChange({
              ...variant,
              creative: { ...variant.creative, [language]: { ...creative, blocks: next } },
            })
          }
        />
        {blocks.length > 0 || theirs.length === 0 ? null : (
          <button
            type="button"
            class="plain small"
            onClick={() =>
              onChange({
                ...variant,
                creative: { ...variant.creative, [language]: { ...creative, blocks: theirs } },
              })
            }
          >
            {w("blocksCopy", { language: t(`lang_${other}`) })}
          </button>
        )}
      </div>
    </>
  );
}

function Delay({
  variant,
  at,
  fault,
  onChange,
}: Pick<Props, "variant" | "fault" | "onChange"> & { at: string }): VNode {
  const { delay_seconds: delay, ...others } = variant;
  return (
    <TextField
      label={w("delay")}
      type="number"
      min={0}
      max={120}
      step={1}
      value={delay === undefined ? "" : String(delay)}
      note={w("delayNote")}
      error={faultAt(fault, `${at}.delay_seconds`)}
      onInput={(text) => onChange(text === "" ? others : { ...variant, delay_seconds: Number(text) })}
    />
  );
}
