/**
 * D1's migrations on this machine, in the table and the order that `wrangler d1 migrations apply` uses, without
 * starting wrangler: a start with nothing to apply costs one query.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unstable_splitSqlQuery as splitStatements } from "wrangler";
import { ROOT } from "./bundle.ts";

/** The part of a D1 database that migrating needs. */
type Database = {
  prepare(sql: string): Statement;
  batch(statements: Statement[]): Promise<unknown>;
};
type Statement = { bind(...values: unknown[]): Statement; all(): Promise<{ results: unknown[] }> };

const LEDGER = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/** Apply what `database` lacks, each file in one transaction. */
export async function applyMigrations(database: Database): Promise<void> {
  await database.prepare(LEDGER).all();
  const { results } = await database.prepare("SELECT name FROM d1_migrations").all();
  const applied = new Set(results.map((row) => (row as { name: string }).name));
  const folder = join(ROOT, "migrations");
  const files = readdirSync(folder).filter((file) => file.endsWith(".sql"));
  for (const file of files.toSorted()) {
    if (applied.has(file)) continue;
    const statements = splitStatements(readFileSync(join(folder, file), "utf8"));
    await database.batch([
      ...statements.map((statement) => database.prepare(statement)),
      database.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(file),
    ]);
  }
}
