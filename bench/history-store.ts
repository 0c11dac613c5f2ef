/**
 * A generated history written straight into the file of a local D1, while no Miniflare has it open: a million visits in
 * seconds instead of hours through the queue. What stands there afterwards is what the consumer would have written.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { HistoryRecord, HistoryTable } from "../domain/history/records.ts";
import type { EpochMs, SiteKey } from "../domain/ids.ts";
import { CampaignInput } from "../domain/targeting/campaign.ts";
import type { CampaignTruth, PhaseTruth } from "./history-truth.ts";

const ROWS_AT_ONCE = 50_000;

/** Columns that are named otherwise than the record's fields. */
const RENAMED: Partial<Record<HistoryTable, Record<string, string>>> = {
  orders: { order_id: "id" },
  surveys: { conversation_id: "id" },
  identities: { user_id: "id" },
};

/** The file below `state` that holds history; throws where none does. */
export function databaseFile(state: string): string {
  const files = readdirSync(state, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".sqlite") && name.includes("D1"))
    .map((name) => join(state, name));
  const found = files.find((file) => {
    const database = new DatabaseSync(file, { readOnly: true });
    const row = database.prepare("SELECT name FROM sqlite_master WHERE name = 'sessions'").get();
    database.close();
    return row !== undefined;
  });
  if (found === undefined) throw new Error(`no migrated D1 below ${state}`);
  return found;
}

/** Write `records` as the history of `site`; returns how many there were. */
export function storeHistory(
  file: string,
  site: SiteKey,
  records: Iterable<HistoryRecord>,
  progress: (rows: number) => void = () => undefined,
): number {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; PRAGMA temp_store = MEMORY;");
  const writers = new Map<HistoryTable, (record: HistoryRecord) => void>();
  let rows = 0;
  database.exec("BEGIN");
  for (const record of records) {
    let write = writers.get(record.table);
    if (write === undefined) writers.set(record.table, (write = writerOf(database, site, record.table)));
    write(record);
    rows += 1;
    if (rows % ROWS_AT_ONCE > 0) continue;
    database.exec("COMMIT; BEGIN");
    progress(rows);
  }
  database.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
  progress(rows);
  return rows;
}

/** Write `campaigns` as they ran on `site` between `from` and `until`: the rows by which results and overview know them. */
export function storeCampaigns(
  file: string,
  site: SiteKey,
  campaigns: readonly CampaignTruth[],
  { from, until }: { from: EpochMs; until: EpochMs },
): void {
  const database = new DatabaseSync(file);
  const campaign = database.prepare(
    `INSERT INTO campaigns (id, site, status, name, body, version, phase, created_at, updated_at, stopped_at)
     VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?)`,
  );
  const begun = database.prepare(
    "INSERT INTO campaign_phases (site, campaign_id, phase, body, started_at) VALUES (?, ?, ?, ?, ?)",
  );
  const momentOf = (share: number) => Math.round(from + (until - from) * share);
  for (const { id, kind, phases } of campaigns) {
    const last = phases.at(-1);
    const first = phases[0];
    if (first === undefined || last === undefined) continue;
    const isLive = last.to >= 1;
    const bodyOf = ({ holdout, variants }: PhaseTruth) => {
      const all = variants.reduce((sum, { weight }) => sum + weight, 0);
      const shown = variants.map(({ key, weight }) => ({
        key,
        weight: weight / all,
        creative: { en: { title: id } },
      }));
      const status = isLive ? "live" : "ended";
      return JSON.stringify(CampaignInput.parse({ name: id, kind, status, holdout, variants: shown }));
    };
    const [at, stopped] = [momentOf(first.from), isLive ? null : momentOf(last.to)];
    const status = isLive ? "live" : "ended";
    campaign.run(id, site, status, id, bodyOf(last), last.phase, at, at, stopped);
    for (const phase of phases) begun.run(site, id, phase.phase, bodyOf(phase), momentOf(phase.from));
  }
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
}

function writerOf(
  database: DatabaseSync,
  site: SiteKey,
  table: HistoryTable,
): (record: HistoryRecord) => void {
  const columns = database
    .prepare(`SELECT name FROM pragma_table_info('${table}') WHERE name <> 'site'`)
    .all()
    .map(({ name }) => String(name));
  const marks = columns.map(() => "?").join(", ");
  const statement = database.prepare(
    `INSERT OR REPLACE INTO ${table} (site, ${columns.join(", ")}) VALUES (?, ${marks})`,
  );
  const fields = columns.map((column) => RENAMED[table]?.[column] ?? column);
  return (record) => {
    const values = record as unknown as Record<string, unknown>;
    statement.run(site, ...fields.map((field) => cellOf(values[field])));
  };
}

function cellOf(value: unknown): SQLInputValue {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "string" || typeof value === "number") return value;
  return value === null || value === undefined ? null : JSON.stringify(value);
}
