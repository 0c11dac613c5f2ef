/** The figures as files, and the rows that they are counted from, each for the days that are shown. */
import type { VNode } from "preact";
import { apiPath, useSite } from "../site.ts";
import type { AskedFigures } from "./asked.ts";
import { type FiguresData, queryFor, type Span } from "./read.ts";
import { f } from "./words.ts";

/** What can be taken out of history. */
const TABLES = [
  "sessions",
  "exposures",
  "orders",
  "refunds",
  "leads",
  "conversations",
  "messages",
  "surveys",
  "agent_states",
  "contacts",
  "callbacks",
] as const;
const FORMATS = ["csv", "parquet"] as const;

export function FigureFiles({ data, asked }: { data: FiguresData; asked: AskedFigures }): VNode {
  const { key } = useSite();
  const { kpis, by, range } = data;
  const query = queryFor(range, { kpis, by, businessHours: asked.businessHours });
  return (
    <p class="chart-links">
      {FORMATS.map((format) => (
        <a key={format} class="link" href={`${apiPath(key, "exports", `kpis.${format}`)}?${query}`} download>
          {f(format)}
        </a>
      ))}
    </p>
  );
}

export function RowsBehind({ span }: { span: Span }): VNode {
  const { key } = useSite();
  const query = new URLSearchParams({ from: span.from, to: span.to });
  return (
    <section aria-labelledby="figures-rows">
      <h2 id="figures-rows">{f("rowsTitle")}</h2>
      <p class="note">{f("rowsText")}</p>
      <ul class="figures-files">
        {TABLES.map((table) => (
          <li key={table}>
            <span id={`rows-${table}`}>{f(`rows_${table}`)}</span>
            {FORMATS.map((format) => (
              <a
                key={format}
                class="link"
                id={`rows-${table}-${format}`}
                aria-labelledby={`rows-${table} rows-${table}-${format}`}
                href={`${apiPath(key, "exports", `${table}.${format}`)}?${query}`}
                download
              >
                {f(format)}
              </a>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
