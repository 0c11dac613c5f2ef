/** Two people changed the same thing: both versions field by field, and what becomes of them. */
import type { VNode } from "preact";
import { t } from "../session.ts";

export type MetField = { label: string; mine: unknown; theirs: unknown };

export function Meeting({
  title,
  fields,
  onTakeBoth,
  onTakeTheirs,
}: {
  title: string;
  fields: readonly MetField[];
  onTakeBoth: () => void;
  onTakeTheirs: () => void;
}): VNode {
  return (
    <section class="conflict panel" role="alert" aria-labelledby="conflict-title">
      <h2 id="conflict-title">{title}</h2>
      <p class="quiet">{t("conflictText")}</p>
      <div class="table-scroll" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("field")}</th>
              <th scope="col">{t("theirs")}</th>
              <th scope="col">{t("mine")}</th>
            </tr>
          </thead>
          <tbody>
            {fields.map(({ label, theirs, mine }) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td>
                  <code>{JSON.stringify(theirs)}</code>
                </td>
                <td>
                  <code>{JSON.stringify(mine)}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div class="actions">
        <button type="button" class="primary" onClick={onTakeBoth}>
          {t("takeBoth")}
        </button>
        <button type="button" onClick={onTakeTheirs}>
          {t("takeTheirs")}
        </button>
      </div>
      <p class="note">{t("conflictNothingSaved")}</p>
    </section>
  );
}
