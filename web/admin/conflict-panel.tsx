/** Somebody saved meanwhile: both versions field by field, and what may become of them. */
import type { ComponentChildren, VNode } from "preact";
import { t } from "./session.ts";

export type ConflictRow = {
  key: string;
  label: ComponentChildren;
  theirs: ComponentChildren;
  mine: ComponentChildren;
};

/** `children` is the table; until one of the two is chosen, nothing is saved. */
export function ConflictPanel({
  title,
  onTakeBoth,
  onTakeTheirs,
  children,
}: {
  title: string;
  onTakeBoth: () => void;
  onTakeTheirs: () => void;
  children: ComponentChildren;
}): VNode {
  return (
    <section class="conflict panel" role="alert" aria-labelledby="conflict-title">
      <h2 id="conflict-title">{title}</h2>
      <p class="quiet">{t("conflictText")}</p>
      {children}
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

export function ConflictTable({ rows }: { rows: readonly ConflictRow[] }): VNode {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("field")}</th>
          <th scope="col">{t("theirs")}</th>
          <th scope="col">{t("mine")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, label, theirs, mine }) => (
          <tr key={key}>
            <th scope="row">{label}</th>
            <td>{theirs}</td>
            <td>{mine}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
