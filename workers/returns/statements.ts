/** The statements of a month: counted from history until they are issued, then kept, and held against history since. */
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { type EpochMs, isoOf } from "../../domain/ids.ts";
import { Agreement, covers } from "../../domain/roi/agreement.ts";
import { digestText, type EvidenceChange, evidenceChanges, readEvidence } from "../../domain/roi/evidence.ts";
import { type Statement, statementOf } from "../../domain/roi/statement.ts";
import { type WireMonth, wireStatement } from "../../domain/roi/wire.ts";
import type { SiteSettings } from "../../domain/site/settings.ts";
import { sha256Hex } from "../../durable-objects/sha256.ts";
import { ApiError } from "../errors.ts";
import { readSealed } from "../kpis/sealed-days.ts";
import { type Plan, readPlan, readPlans } from "../objectives/read-plans.ts";
import { auditInsertWhere, actorOf } from "../routes/audit-trail.ts";
import type { Asked } from "../routes/openapi.ts";
import { monthEvidence, monthSpan } from "./month-evidence.ts";
import { type Issued, issueInserts, readIssued, readLines, type StatementKey } from "./statement-store.ts";

/** An answer tells the first of the changes; the file of events holds all. */
const CHANGES_TOLD = 200;

type Counted = { statement: Statement; lines: string[]; digest: string; maturesAt: EpochMs };

/** By agreement, those that hold in `month` or were issued for it; of a month whose events are forgotten, these alone. */
export async function monthStatements(
  env: Env,
  settings: SiteSettings,
  month: string,
  now: EpochMs,
): Promise<WireMonth[]> {
  const agreements = await readPlans(env, settings.key, "agreements", Agreement);
  const isFinal = await isForgotten(env, settings, month);
  const reports: WireMonth[] = [];
  for (const agreement of agreements) {
    if (!covers(agreement.body, month)) continue;
    const issued = await readIssued(env, { site: settings.key, agreement: agreement.id, month });
    if (isFinal && issued.length === 0) continue;
    reports.push(await reportMonth(env, settings, agreement, month, now));
  }
  return reports;
}

export async function agreementOf(
  env: Env,
  site: string,
  id: string,
  month: string,
): Promise<Plan<Agreement>> {
  const agreement = await readPlan(env, site, "agreements", id, Agreement);
  if (agreement === null) throw new ApiError("not_found", "there is no such agreement");
  if (!covers(agreement.body, month))
    throw new ApiError("not_found", "the agreement does not hold in this month");
  return agreement;
}

export async function reportMonth(
  env: Env,
  settings: SiteSettings,
  agreement: Plan<Agreement>,
  month: string,
  now: EpochMs,
): Promise<WireMonth> {
  const key = { site: settings.key, agreement: agreement.id, month };
  const issued = await readIssued(env, key);
  const [last] = issued;
  const terms = last?.body.terms ?? agreement.body;
  const isFinal = await isForgotten(env, settings, month);
  const counted = isFinal ? null : await countMonth(env, settings, terms, month, now);
  const told = {
    agreement: agreement.id,
    terms,
    matures_at: isoOf(counted?.maturesAt ?? last?.issuedAt ?? now),
    issued: issued.map(({ revision, issuedAt, issuedBy, digest, body }) => ({
      revision,
      issued_at: isoOf(issuedAt),
      issued_by: issuedBy,
      digest,
      due: body.statement.due,
      changed_lines: body.changedLines,
      changes: body.changes,
    })),
  };
  if (last === undefined) {
    if (counted === null) throw new ApiError("not_found", "the events of this month are no longer kept");
    const { statement, digest, lines, maturesAt } = counted;
    return {
      ...told,
      state: now >= maturesAt ? "ready" : "open",
      statement: wireStatement(statement),
      digest,
      events: lines.length,
      reproduced: null,
      now: null,
    };
  }
  const kept = await readLines(env, key, last.revision);
  // What was issued for a month whose events are forgotten stands.
  const same = counted === null || counted.digest === last.digest;
  return {
    ...told,
    state: same ? "issued" : "changed",
    statement: last.body.statement,
    digest: last.digest,
    events: kept.length,
    reproduced: await comesToTheSame(last, kept),
    now: same ? null : { due: counted.statement.due, ...toldChanges(evidenceChanges(kept, counted.lines)) },
  };
}

/** Whether what `month` is counted from is being forgotten: nothing can be issued for it any more. */
async function isForgotten(env: Env, { key, timezone }: SiteSettings, month: string): Promise<boolean> {
  return monthSpan(month, timezone).from < (await readSealed(env, key)).until;
}

/** Counted again from its own events: the same digest, and the same cent. */
async function comesToTheSame({ body, digest }: Issued, kept: readonly string[]): Promise<boolean> {
  const evidence = readEvidence(kept);
  if (evidence === null || (await sha256Hex(digestText(kept))) !== digest) return false;
  return statementOf(body.terms, evidence).due === body.statement.due;
}

async function countMonth(
  env: Env,
  settings: SiteSettings,
  terms: Agreement,
  month: string,
  now: EpochMs,
): Promise<Counted> {
  const { lines, maturesAt } = await monthEvidence(env, settings, terms, month, now);
  const evidence = readEvidence(lines);
  if (evidence === null) throw new Error("evidence that was just written cannot be read");
  const digest = await sha256Hex(digestText(lines));
  return { statement: statementOf(terms, evidence), lines, digest, maturesAt };
}

function toldChanges(changes: readonly EvidenceChange[]) {
  return { changed_lines: changes.length, changes: changes.slice(0, CHANGES_TOLD) };
}

/** Issue what is due for a month, or amend what was issued where history is another since. */
export async function issueMonth(
  env: Env,
  c: Asked,
  settings: SiteSettings,
  { agreement, month }: { agreement: Plan<Agreement>; month: string },
): Promise<void> {
  const { now } = c.var;
  const key: StatementKey = { site: settings.key, agreement: agreement.id, month };
  if (await isForgotten(env, settings, month)) {
    throw new ApiError("conflict", "what this month is counted from is no longer kept");
  }
  const [last] = await readIssued(env, key);
  const terms = last?.body.terms ?? agreement.body;
  const { statement, lines, digest, maturesAt } = await countMonth(env, settings, terms, month, now);
  if (now < maturesAt) {
    throw new ApiError("conflict", `what belongs to this month comes in until ${isoOf(maturesAt)}`);
  }
  if (last?.digest === digest) throw new ApiError("conflict", "nothing has changed since it was issued");
  const before = last === undefined ? [] : await readLines(env, key, last.revision);
  const changes = last === undefined ? [] : evidenceChanges(before, lines);
  const revision = (last?.revision ?? 0) + 1;
  const body = {
    terms,
    statement: wireStatement(statement),
    changedLines: changes.length,
    changes: changes.slice(0, CHANGES_TOLD),
  };
  const issuedBy = actorOf(c.var.caller);
  const db = drizzle(env.DB);
  const { row, evidence } = await issueInserts(
    db,
    key,
    { revision, body, digest, issuedAt: now, issuedBy },
    lines,
  );
  const change = {
    site: key.site,
    action: revision === 1 ? "statements.issue" : "statements.amend",
    target: agreement.id,
    detail: { month, revision, due: statement.due },
  };
  const mine = sql`EXISTS (SELECT 1 FROM statements WHERE site = ${key.site} AND agreement_id = ${key.agreement}
    AND month = ${month} AND revision = ${revision} AND issued_at = ${now} AND issued_by = ${issuedBy})`;
  const [made] = await db.batch([row, ...evidence, auditInsertWhere(db, c, change, mine)]);
  if (made[0] === undefined) throw new ApiError("conflict", "somebody issued it at this moment");
}

/** The events of a month as they were issued last, or as history has them until then. */
export async function monthLines(
  env: Env,
  settings: SiteSettings,
  agreement: Plan<Agreement>,
  month: string,
  now: EpochMs,
): Promise<string[]> {
  const key = { site: settings.key, agreement: agreement.id, month };
  const [last] = await readIssued(env, key);
  if (last !== undefined) return readLines(env, key, last.revision);
  if (await isForgotten(env, settings, month)) {
    throw new ApiError("not_found", "the events of this month are no longer kept");
  }
  return (await countMonth(env, settings, agreement.body, month, now)).lines;
}
