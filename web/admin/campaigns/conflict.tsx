/** Somebody saved meanwhile: both versions, field by field; nothing is lost unless it is chosen to be. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { time } from "../../shared/format.ts";
import { ConflictPanel, ConflictTable } from "../conflict-panel.tsx";
import { locale, t } from "../session.ts";
import { draftOf, keepBoth, meetingsOf, type Draft, type DraftField } from "./draft.ts";

export function Conflict({
  base,
  mine,
  theirs,
  onTake,
}: {
  base: Draft;
  mine: Draft;
  theirs: Campaign;
  onTake: (draft: Draft) => void;
}): VNode {
  const other = draftOf(theirs);
  const meetings = meetingsOf(base, mine, other);
  const [choices, setChoices] = useState<Map<DraftField, "mine" | "theirs">>(new Map());
  const chosen = (field: DraftField): "mine" | "theirs" =>
    choices.get(field) ?? (keepBoth(base, mine, other)[field] === mine[field] ? "mine" : "theirs");
  const rows = meetings.map(({ field, both, ...values }) => {
    const choice = (side: "theirs" | "mine"): VNode => (
      <label>
        <input
          type="radio"
          name={`conflict-${field}`}
          checked={chosen(field) === side}
          onChange={() => setChoices(new Map(choices).set(field, side))}
        />
        <code>{JSON.stringify(values[side] ?? null)}</code>
      </label>
    );
    const label = (
      <>
        {t(`field_${field}`)}
        {both ? <span class="note"> {t("bothChanged")}</span> : null}
      </>
    );
    return { key: field, label, theirs: choice("theirs"), mine: choice("mine") };
  });
  return (
    <ConflictPanel
      title={t("conflictTitle", { version: theirs.version, at: time(locale.value, theirs.updated_at) })}
      onTakeBoth={() => onTake(keepBoth(base, mine, other, choices))}
      onTakeTheirs={() => onTake(other)}
    >
      <ConflictTable rows={rows} />
    </ConflictPanel>
  );
}
