/**
 * What Aparté holds of a replay, read through its own API with the site's API key: sessions, orders, exposures.
 */
import Papa from "papaparse";

export type Stored = {
  sessions: number;
  visitors: number;
  completed: number;
  pages: number;
  orders: number;
  /** "campaign arm" → how many visitors were judged eligible there. */
  exposures: Map<string, number>;
};

type Site = { url: string; site: string; apiKey: string };
type Row = Record<string, string>;

/** Count what is stored of the visitors whose id begins with `prefix`. Throws where the API refuses. */
export async function readStored(at: Site, prefix: string): Promise<Stored> {
  const ours = async (table: string, column: string) =>
    (await exportOf(at, table)).filter((row) => (row[column] ?? "").startsWith(prefix));
  const sessions = await ours("sessions", "visitor_id");
  const orders = await ours("orders", "order_id");
  const exposures = new Map<string, number>();
  for (const row of await ours("exposures", "visitor_id")) {
    const group = `${row["campaign_id"]} ${row["arm"]}`;
    exposures.set(group, (exposures.get(group) ?? 0) + 1);
  }
  return {
    sessions: sessions.length,
    visitors: new Set(sessions.map((row) => row["visitor_id"])).size,
    completed: sessions.filter((row) => (row["ended_at"] ?? "") !== "").length,
    pages: sessions.reduce((sum, row) => sum + Number(row["pages"]), 0),
    orders: orders.length,
    exposures,
  };
}

/** Ask again until `enough` holds or `withinMs` have passed; the last answer either way. */
export async function awaitStored(
  at: Site,
  prefix: string,
  enough: (stored: Stored) => boolean,
  withinMs: number,
): Promise<Stored> {
  const until = Date.now() + withinMs;
  for (;;) {
    const stored = await readStored(at, prefix);
    if (enough(stored) || Date.now() >= until) return stored;
    await new Promise((wake) => setTimeout(wake, 1_000));
  }
}

/** Set the site's idle time, which decides when a visit is complete. */
export async function setIdleMinutes(at: Site, minutes: number): Promise<void> {
  const path = `${at.url}/api/sites/${at.site}`;
  const headers = { authorization: `Bearer ${at.apiKey}`, "content-type": "application/json" };
  const before = await fetch(path, { headers });
  if (!before.ok) throw new Error(`the site's settings: ${before.status} ${await before.text()}`);
  const { version } = (await before.json()) as { version: number };
  const changed = await fetch(path, {
    method: "PATCH",
    headers: { ...headers, "if-match": `"${version}"` },
    body: JSON.stringify({ session_idle_minutes: minutes }),
  });
  if (!changed.ok) throw new Error(`session_idle_minutes: ${changed.status} ${await changed.text()}`);
}

async function exportOf({ url, site, apiKey }: Site, table: string): Promise<Row[]> {
  const headers = { authorization: `Bearer ${apiKey}` };
  const answer = await fetch(`${url}/api/sites/${site}/exports/${table}.csv`, { headers });
  if (!answer.ok) throw new Error(`${table}.csv: ${answer.status} ${await answer.text()}`);
  const text = (await answer.text()).replace(/^\uFEFF/, "");
  return Papa.parse<Row>(text, { header: true, skipEmptyLines: true }).data;
}
