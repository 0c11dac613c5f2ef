/**
 * /api/sites/{site}/facts/{name}/values — what a fact has been in the site's own traffic, most frequent first: what an
 * editor of conditions offers instead of a guess.
 *
 * Only what history keeps can be told; every other fact answers with an empty list.
 */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { isFactName, nearestFactName } from "../../domain/targeting/fact-names.ts";
import { unpackHex } from "../dry-run/kept-visits.ts";
import { ApiError } from "../errors.ts";
import { REFUSALS, jsonContent, nounRouter } from "./openapi.ts";

const DAY_MS = 24 * 3_600_000;
const DAYS = 31;
const MOST = 20;
const MAX_VALUE = 200;
/** Visits whose moments are read for the names of events. */
const READ_VISITS = 200;

/** Which column of a visit says what the fact was; the address of a page is known for the first one only. */
const COLUMNS: Readonly<Record<string, string>> = {
  "page.path": "entry_path",
  "session.entry_path": "entry_path",
  "session.channel": "channel",
  "device.type": "device_type",
  "device.browser": "browser",
  "device.os": "os",
  "device.language": "language",
  "geo.country": "country",
  "geo.region": "region",
  "geo.city": "city",
};
const UTM = "session.utm.";

const Values = z.object({
  name: z.string(),
  /** Visits in which the fact had this value. */
  items: z.array(z.object({ value: z.string(), visits: z.int() })),
});

const read = createRoute({
  method: "get",
  path: "/{name}/values",
  summary: `The ${MOST} most frequent values of a fact in the last ${DAYS} days`,
  tags: ["Campaigns"],
  request: {
    params: z.object({ site: z.string(), name: z.string() }),
    query: z.object({ prefix: z.string().max(MAX_VALUE).optional() }),
  },
  responses: { 200: jsonContent(Values, "The values"), ...REFUSALS },
});

type Row = { value: string; visits: number };

/**
 * The values of `column`: `?1` the site, `?2` the oldest visit, `?3` what they begin with, `?4` the rest. Not by LIKE,
 * whose patterns D1 bounds to 50 bytes.
 */
function mostFrequent(column: string, from: string, where: string): string {
  return `SELECT substr(${column}, 1, ${MAX_VALUE}) AS value, count(*) AS visits FROM ${from}
    WHERE sessions.site = ?1 AND sessions.started_at >= ?2 AND ${column} <> ''
      AND lower(substr(${column}, 1, length(?3))) = lower(?3) ${where}
    GROUP BY value ORDER BY visits DESC, value LIMIT ${MOST}`;
}

async function valuesOf(env: Env, site: string, name: string, prefix: string, since: number): Promise<Row[]> {
  if (name === "event.name") return eventNames(env, site, prefix, since);
  const column = COLUMNS[name];
  if (column === undefined && !name.startsWith(UTM)) return [];
  const given = [site, since, prefix];
  const statement =
    column === undefined
      ? env.DB.prepare(
          mostFrequent("tag.value", "sessions, json_each(sessions.utm) AS tag", "AND tag.key = ?4"),
        ).bind(...given, name.slice(UTM.length))
      : env.DB.prepare(mostFrequent(`sessions.${column}`, "sessions", "")).bind(...given);
  return (await statement.all<Row>()).results;
}

/** The names of events in the newest visits of which the moments are kept, each once a visit. */
async function eventNames(env: Env, site: string, prefix: string, since: number): Promise<Row[]> {
  const { results } = await env.DB.prepare(
    `SELECT hex(replay) AS replay FROM sessions WHERE site = ?1 AND started_at >= ?2 AND replay IS NOT NULL
     ORDER BY started_at DESC LIMIT ${READ_VISITS}`,
  )
    .bind(site, since)
    .all<{ replay: string }>();
  const counts = new Map<string, number>();
  for (const { replay } of results) {
    const names = (unpackHex(replay)?.moments ?? []).map((moment) => moment.name);
    for (const name of new Set(names)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const begins = prefix.toLowerCase();
  return [...counts]
    .filter(([name]) => name.toLowerCase().startsWith(begins))
    .map(([value, visits]) => ({ value: value.slice(0, MAX_VALUE), visits }))
    .toSorted((a, b) => b.visits - a.visits || (a.value < b.value ? -1 : 1))
    .slice(0, MOST);
}

export const factValues = nounRouter();

factValues.openapi(read, async (c) => {
  const { site, name } = c.req.valid("param");
  const { prefix = "" } = c.req.valid("query");
  if (!isFactName(name)) {
    throw new ApiError("not_found", `there is no fact "${name}"; did you mean "${nearestFactName(name)}"?`, {
      path: "name",
    });
  }
  const items = await valuesOf(c.env, site, name, prefix, c.get("now") - DAYS * DAY_MS);
  return c.json({ name, items }, 200);
});
