/** What was issued: bodies and their events in D1, written once and never changed. */
import { and, asc, desc, eq } from "drizzle-orm";
import { drizzle, type DrizzleD1Database } from "drizzle-orm/d1";
import * as z from "zod";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { Agreement } from "../../domain/roi/agreement.ts";
import { WireStatement } from "../../domain/roi/wire.ts";
import { statementEvidence, statements } from "../../migrations/schema.ts";

/** A chunk stays far below what a row may hold. */
const LINES_A_CHUNK = 5_000;

const Change = z.object({ change: z.enum(["added", "removed"]), line: z.string() });
/** What an issued statement says; the terms are those of its day, whatever the agreement says now. */
export const IssuedBody = z.object({
  terms: Agreement,
  statement: WireStatement,
  changedLines: z.int(),
  changes: z.array(Change),
});
export type IssuedBody = z.infer<typeof IssuedBody>;

export type Issued = {
  revision: number;
  body: IssuedBody;
  digest: string;
  issuedAt: EpochMs;
  issuedBy: string;
};
export type StatementKey = { site: SiteKey; agreement: string; month: string };

/** All that was issued for a month, the last first. */
export async function readIssued(env: Env, { site, agreement, month }: StatementKey): Promise<Issued[]> {
  const rows = await drizzle(env.DB)
    .select()
    .from(statements)
    .where(and(eq(statements.site, site), eq(statements.agreementId, agreement), eq(statements.month, month)))
    .orderBy(desc(statements.revision));
  return rows.map(({ revision, body, digest, issuedAt, issuedBy }) => ({
    revision,
    body: IssuedBody.parse(JSON.parse(body)),
    digest,
    issuedAt,
    issuedBy,
  }));
}

export async function readLines(
  env: Env,
  { site, agreement, month }: StatementKey,
  revision: number,
): Promise<string[]> {
  const chunks = await drizzle(env.DB)
    .select({ body: statementEvidence.body })
    .from(statementEvidence)
    .where(
      and(
        eq(statementEvidence.site, site),
        eq(statementEvidence.agreementId, agreement),
        eq(statementEvidence.month, month),
        eq(statementEvidence.revision, revision),
      ),
    )
    .orderBy(asc(statementEvidence.chunk));
  const texts = await Promise.all(chunks.map(({ body }) => unzip(new Uint8Array(body))));
  return texts.flatMap((text) => (text === "" ? [] : text.split("\n")));
}

/** The statements of one transaction that keep `issued`: nothing where somebody else issued that revision first. */
export async function issueInserts(
  db: DrizzleD1Database,
  { site, agreement, month }: StatementKey,
  issued: Issued,
  lines: readonly string[],
) {
  const { revision, body, digest, issuedAt, issuedBy } = issued;
  const key = { site, agreementId: agreement, month, revision };
  const chunks = Array.from({ length: Math.ceil(lines.length / LINES_A_CHUNK) }, (_, chunk) =>
    lines.slice(chunk * LINES_A_CHUNK, (chunk + 1) * LINES_A_CHUNK),
  );
  const bodies = await Promise.all(chunks.map((chunk) => zip(chunk.join("\n"))));
  const row = db
    .insert(statements)
    .values({ ...key, body: JSON.stringify(body), digest, issuedAt, issuedBy })
    .onConflictDoNothing()
    .returning({ revision: statements.revision });
  const evidence = bodies.map((zipped, chunk) =>
    db
      .insert(statementEvidence)
      .values({ ...key, chunk, body: Buffer.from(zipped) })
      .onConflictDoNothing(),
  );
  return { row, evidence };
}

async function zip(text: string): Promise<ArrayBuffer> {
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
}

async function unzip(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}
