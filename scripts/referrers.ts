/**
 * `node scripts/referrers.ts` — Matomo's lists of referrers as one module that the product carries.
 *
 * Reads   the four lists from a folder; the same lists give the same module, byte for byte.
 * Writes  `domain/visit/referrer-lists.ts`.
 * Errors  a list that is missing or of an unknown shape: one line on standard error, exit 2.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const HELP = `node scripts/referrers.ts [options]

  --from ../shared/data/referrers        the folder with matomo-SearchEngines.yml, matomo-Socials.yml,
                                         matomo-AIAssistants.yml and matomo-spammers.txt
  --to domain/visit/referrer-lists.ts    the module that is written`;
const WIDTH = 108;

type Engine = { urls: string[]; params: string[] };

const { values } = parseArgs({
  options: {
    from: { type: "string", default: "../shared/data/referrers" },
    to: { type: "string", default: "domain/visit/referrer-lists.ts" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

try {
  const source = moduleOf(values.from);
  writeFileSync(values.to, source);
  console.log(`${values.to}: ${Buffer.byteLength(source)} bytes`);
} catch (error) {
  console.error(`referrers: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(2);
}

function moduleOf(folder: string): string {
  const list = (name: string) => readFileSync(join(folder, `matomo-${name}`), "utf8").split(/\r?\n/);
  const engines = enginesOf(list("SearchEngines.yml"));
  const socials = hostsOf(list("Socials.yml"));
  const assistants = hostsOf(list("AIAssistants.yml"));
  const spammers = list("spammers.txt").filter((line) => line !== "" && !line.startsWith("#"));
  return [
    "/**",
    " * Who sends visitors: search engines, social networks, AI assistants, and referrers that are spam.",
    " *",
    " * Written by `scripts/referrers.ts` from Matomo's lists (github.com/matomo-org/searchengine-and-social-list and",
    " * github.com/matomo-org/referrer-spam-list), which are dedicated to the public domain under CC0 1.0. Not edited by hand.",
    " *",
    " * Shapes  addresses are separated by white space, `{}` stands for a country. In `SEARCH_ENGINES` each line begins with",
    " *         the parameters in which its engines name what was searched, then a colon.",
    " */",
    [
      constant("SEARCH_ENGINES", linesOfEngines(engines)),
      constant("SOCIALS", wrapped(socials)),
      constant("ASSISTANTS", wrapped(assistants)),
      constant("SPAMMERS", wrapped(spammers)),
    ].join("\n"),
  ].join("\n");
}

/** Engines with the same parameters share a line; parameters that are expressions over the path are left out. */
function linesOfEngines(engines: readonly Engine[]): string[] {
  const byParams = new Map<string, string[]>();
  for (const { params, urls } of engines) {
    const key = params.filter((param) => !param.startsWith("/")).join(",");
    byParams.set(key, [...(byParams.get(key) ?? []), ...urls]);
  }
  return [...byParams].map(([params, urls]) => `${params}: ${[...new Set(urls)].join(" ")}`);
}

/** The lists' own small part of YAML: names at the margin, below them lists of plain or quoted words. */
function hostsOf(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const host = itemOf(line);
    if (host === null && nameOf(line) === null && !isBlank(line)) throw new Error(`cannot read "${line}"`);
    return host === null ? [] : [host];
  });
}

function enginesOf(lines: readonly string[]): Engine[] {
  const engines: Engine[] = [];
  let list: string[] = [];
  for (const line of lines) {
    const key = /^ {2}(?: {2}|- )(\w+):(?: (.*))?$/.exec(line)?.[1];
    if (/^ {2}-/.test(line)) engines.push({ urls: [], params: [] });
    const engine = engines.at(-1);
    if (key !== undefined) list = key === "urls" || key === "params" ? (engine?.[key] ?? []) : [];
    else if (itemOf(line) !== null) list.push(itemOf(line) ?? "");
    else if (nameOf(line) === null && !isBlank(line) && !/^ {2}-$/.test(line))
      throw new Error(`cannot read "${line}"`);
  }
  return engines;
}

/** A name at the margin, plain or quoted. */
function nameOf(line: string): string | null {
  return /^(?:"[^"]*"|'[^']*'|[^ #'"].*):\s*$/.exec(line)?.[0] ?? null;
}

function itemOf(line: string): string | null {
  const item = /^ {2,}- (?:'([^']*)'|"([^"]*)"|(\S.*))$/.exec(line);
  const word = item?.[1] ?? item?.[2] ?? item?.[3];
  return word === undefined || /^\w+:/.test(word) ? null : word.trim();
}

function isBlank(line: string): boolean {
  return line.trim() === "" || line.startsWith("#");
}

function wrapped(words: readonly string[]): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    if (line !== "" && line.length + word.length >= WIDTH) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line];
}

function constant(name: string, lines: readonly string[]): string {
  return `export const ${name} = \`\n${lines.join("\n")}\n\`;\n`;
}
