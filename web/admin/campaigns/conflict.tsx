/** Somebody saved meanwhile: both versions, field by field; nothing is lost unless it is chosen to be. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { time } from "../../shared/format.ts";
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
  return (
    <section class="conflict panel" role="alert" aria-labelledby="conflict-title">
      <h2 id="conflict-title">
        {t("conflictTitle", { version: theirs.version, at: time(locale.value, theirs.updated_at) })}
      </h2>
      <p class="quiet">{t("conflictText")}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("field")}</th>
            <th scope="col">{t("theirs")}</th>
            <th scope="col">{t("mine")}</th>
          </tr>
        </thead>
        <tbody>
          {meetings.map(({ field, both, ...values }) => (
            <tr key={field}>
              <th scope="row">
                {t(`field_${field}`)}
                {both ? <span class="note"> {t("bothChanged")}</span> : null}
              </th>
              {(["theirs", "mine"] as const).map((side) => (
                <td key={side}>
                  <label>
                    <input
                      type="radio"
                      name={`conflict-${field}`}
                      checked={chosen(field) === side}
                      onChange={() => setChoices(new Map(choices).set(field, side))}
                    />
                    <code>{JSON.stringify(values[side] ?? null)}</code>
                  </label>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <div class="actions">
        <button type="button" class="primary" onClick={() => onTake(keepBoth(base, mine, other, choices))}>
          {t("takeBoth")}
        </button>
        <button type="button" onClick={() => onTake(other)}>
          {t("takeTheirs")}
        </button>
      </div>
      <p class="note">{t("conflictNothingSaved")}</p>
    </section>
  );
}
