/** Who sees what: a bar for each variant and one for the hold-out, as high as its share. */
import type { VNode } from "preact";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { percent } from "../../shared/format.ts";
import { SelectField } from "../field.tsx";
import { locale, t } from "../session.ts";
import { sharesOf, type Draft } from "./draft.ts";
import { faultAt, type Fault } from "./fault.ts";
import { titleOf } from "./variant-title.ts";
import { w } from "./words.ts";

/** A share too small to be seen would look like none. */
const LEAST_HEIGHT = 0.04;

export function Shares({
  draft,
  saved,
  fault,
  language,
  onChange,
}: {
  draft: Draft;
  saved: Campaign | null;
  fault: Fault | null;
  language: "fr" | "en";
  onChange: (part: Partial<Draft>) => void;
}): VNode {
  const shares = sharesOf(draft);
  const moved = movedShares(draft, saved);
  const parts = draft.variants.map((variant, index) => ({
    key: variant.key,
    name: variant.key.toUpperCase(),
    share: shares[index] ?? 0,
    moved: moved?.[index] ?? null,
    says: titleOf(variant, language),
    held: false,
  }));
  const held = {
    key: "holdout",
    name: t("holdout"),
    share: draft.holdout,
    moved: null,
    says: t("seesNothing"),
    held: true,
  };
  return (
    <div class="share-column">
      <ul class="shares" aria-label={t("shares")}>
        {[...parts, ...(draft.holdout > 0 ? [held] : [])].map((part, index) => (
          <li
            key={part.key}
            class={part.held ? "held" : index % 2 === 0 ? "even" : "odd"}
            style={{ flexGrow: Math.max(part.share, LEAST_HEIGHT) }}
          >
            <span class="share-bar" />
            <div>
              <p class="share-head">
                <strong>{part.name}</strong> <strong>{percent(locale.value, part.share, 0)}</strong>
              </p>
              <p class="note">
                {part.held ? part.says : part.says === "" ? "" : w("quoted", { text: part.says })}
              </p>
              {part.moved === null ? null : (
                <p class="note">{w("shareMoved", { share: percent(locale.value, part.moved, 0) })}</p>
              )}
            </div>
          </li>
        ))}
      </ul>
      {draft.variants.length < 2 && draft.allocation === "fixed" ? null : (
        <SelectField
          label={w("allocation")}
          value={draft.allocation}
          options={[
            { value: "fixed", label: w("allocation_fixed") },
            { value: "bandit", label: w("allocation_bandit") },
          ]}
          note={w(`allocationNote_${draft.allocation}`)}
          error={faultAt(fault, "allocation")}
          onChange={(allocation) => onChange({ allocation })}
        />
      )}
    </div>
  );
}

/** What the bandit has made of the shares, while what is saved is what is shown. */
function movedShares(draft: Draft, saved: Campaign | null): number[] | null {
  const weights = saved?.bandit?.weights;
  if (weights === undefined || draft.allocation !== "bandit" || weights.length !== draft.variants.length)
    return null;
  return weights.map((weight) => weight * (1 - draft.holdout));
}
