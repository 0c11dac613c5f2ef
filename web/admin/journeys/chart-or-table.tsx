/** A drawing with its table and its file: one of the two is shown, the file is always at hand. */
import type { ComponentChildren, VNode } from "preact";
import { useState } from "preact/hooks";
import { j } from "./words.ts";

export function ChartOrTable({
  id,
  title,
  note,
  chart,
  table,
  onCsv,
}: {
  id: string;
  title: string;
  note: string;
  chart: ComponentChildren;
  table: ComponentChildren;
  onCsv: () => void;
}): VNode {
  const [asTable, setAsTable] = useState(false);
  return (
    <section aria-labelledby={id}>
      <div class="section-head">
        <h2 id={id}>{title}</h2>
        <span class="note">{note}</span>
      </div>
      {asTable ? table : chart}
      <p class="chart-links">
        <button
          type="button"
          class="link"
          aria-label={`${j(asTable ? "showChart" : "showTable")}${j("of", { title })}`}
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          {j(asTable ? "showChart" : "showTable")}
        </button>
        <button type="button" class="link" aria-label={`CSV${j("of", { title })}`} onClick={onCsv}>
          CSV
        </button>
      </p>
    </section>
  );
}
