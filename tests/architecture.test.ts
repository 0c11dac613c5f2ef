/**
 * What the house promises about itself: imports point one way, `domain/` reads no clock and throws no dice, and
 * every numbered rule is claimed by a test and every claim is a rule.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Which rooms each room may import from: for its code, and for its types alone. */
const MAY_IMPORT: Record<string, { code: string[]; types: string[] }> = {
  domain: { code: ["domain"], types: ["domain"] },
  "durable-objects": {
    code: ["durable-objects", "domain"],
    types: ["durable-objects", "domain"],
  },
  workers: {
    code: ["workers", "durable-objects", "domain", "migrations"],
    types: ["workers", "durable-objects", "domain", "migrations"],
  },
  web: { code: ["web", "domain"], types: ["web", "domain", "workers"] },
};

/** What a pure function cannot touch. */
const IMPURE =
  /\b(?:Date\.now|Math\.random|performance\.now|crypto\.|new Date\(\)|setTimeout|setInterval|queueMicrotask|fetch\(|process\.|console\.|localStorage|indexedDB)/;

type Import = { from: string; typeOnly: boolean };

test("H1: imports point web → workers → durable-objects → domain, and web takes only types from workers", () => {
  const wrong = Object.entries(MAY_IMPORT).flatMap(([room, allowed]) =>
    sourcesOf(room).flatMap((file) =>
      importsOf(file)
        .filter(({ from }) => from.startsWith("."))
        .map((one) => ({ ...one, room: roomOf(file, one.from) }))
        .filter((one) => !(one.typeOnly ? allowed.types : allowed.code).includes(one.room))
        .map((one) => `${file} imports ${one.from}`),
    ),
  );
  expect(wrong).toEqual([]);
});

test("H2: domain/ imports only itself and packages that run everywhere", () => {
  const packages = sourcesOf("domain").flatMap((file) =>
    importsOf(file)
      .filter(
        ({ from }) => !from.startsWith(".") && /^(?:node:|cloudflare:|hono|drizzle|partyserver)/.test(from),
      )
      .map(({ from }) => `${file} imports ${from}`),
  );
  expect(packages).toEqual([]);
});

test("H2: domain/ has no clock, no dice and no I/O", () => {
  const impure = sourcesOf("domain").flatMap((file) =>
    codeOf(file)
      .split("\n")
      .flatMap((line, index) => (IMPURE.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : [])),
  );
  expect(impure).toEqual([]);
});

test("H3: no route hands a request to every object there is, and no room speaks to sockets that said no hello", () => {
  const wrong = ["workers", "durable-objects"].flatMap((room) =>
    sourcesOf(room).filter((file) => /\brouteParty\w*\(|\bthis\.broadcast\(/.test(codeOf(file))),
  );
  expect(wrong).toEqual([]);
});

test("H4: every rule of docs/rules is claimed by a test, and every claim is a rule", () => {
  const rules = ruleIds();
  const claims = claimedIds();
  expect({
    unproven: [...rules].filter((id) => !claims.has(id)).toSorted(),
    unknown: [...claims].filter((id) => !rules.has(id)).toSorted(),
  }).toEqual({ unproven: [], unknown: [] });
  expect(rules.size).toBeGreaterThan(0);
});

/** Ids such as `C12` at the head of a line, a list item or a table row, in bold or brackets. */
function ruleIds(): Set<string> {
  const folder = join(ROOT, "docs/rules");
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".md")) : [];
  const ids = files.flatMap((file) => {
    const text = readFileSync(join(folder, file), "utf8");
    return [...text.matchAll(/^[-*#|\s]*(?:\*\*|\[)?((?:R-)?[A-Z]{1,4}\d{1,3})\b/gm)].map(
      (match) => match[1] ?? "",
    );
  });
  return new Set(ids);
}

/** The ids at the head of a test's title, before its colon: `test("C1 C2: …")`. */
function claimedIds(): Set<string> {
  const titles = sourcesOf("tests").flatMap((file) => [
    ...codeOf(file).matchAll(
      /\b(?:test|it|describe)(?:\.\w+(?:\([^)]*\))?)?\(\s*["'`]((?:(?:R-)?[A-Z]{1,4}\d{1,3}[ ,]*)+):/g,
    ),
  ]);
  return new Set(titles.flatMap((match) => (match[1] ?? "").split(/[ ,]+/).filter((id) => id !== "")));
}

function sourcesOf(room: string): string[] {
  const folder = join(ROOT, room);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => join(room, path))
    .toSorted();
}

/** A file without its comments, lines kept. */
function codeOf(file: string): string {
  return readFileSync(join(ROOT, file), "utf8")
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, " "))
    .replaceAll(/(^|\s)\/\/.*$/gm, "$1");
}

function importsOf(file: string): Import[] {
  const statements = codeOf(file).matchAll(
    /\b(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+\s+from\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/g,
  );
  return [...statements].map((match) => ({
    from: match[2] ?? match[3] ?? "",
    typeOnly: match[1] !== undefined,
  }));
}

function roomOf(file: string, from: string): string {
  return relative(ROOT, normalize(join(ROOT, dirname(file), from))).split("/")[0] ?? "";
}
