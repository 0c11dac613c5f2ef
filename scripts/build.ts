/**
 * Builds the front ends into `dist/`: `node scripts/build.ts [widget signals consent beacon hosted shop console admin docs]`,
 * all by default.
 *
 * A build whose inputs did not change is left out. Ends with 1, saying the figures, where a size or licence budget is
 * broken or where a page would load from somebody else's server.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Rolldown } from "vite";
import { APPS, FETCHED, inputsOf, SERVICE_WORKER, viteConfig, type App, type Fetched } from "./build/apps.ts";
import { heaviest, thirdPartyUrls, weigh, type Load } from "./build/budgets.ts";
import { hashInputs, isFresh, readMark, writeMark, type Built } from "./build/freshness.ts";
import { forbidden, notice, packagesOf, type ShippedPackage } from "./build/licenses.ts";

const OUT = "dist";
const SCALAR = "node_modules/@scalar/api-reference/dist/browser/standalone.js";
const HEADERS = `/b.js
  Cache-Control: public, max-age=300, stale-while-revalidate=86400
  Access-Control-Allow-Origin: *
  Cross-Origin-Resource-Policy: cross-origin
  X-Content-Type-Options: nosniff
/w/*
  Cache-Control: public, max-age=31536000, immutable
  Access-Control-Allow-Origin: *
  Cross-Origin-Resource-Policy: cross-origin
  X-Content-Type-Options: nosniff
/a/*
  Cache-Control: public, max-age=31536000, immutable
  X-Content-Type-Options: nosniff
`;

type Options = { force?: boolean; log?: (line: string) => void };

/** Build `apps`; what the beacon fetches before the beacon, which is told the URLs. Throws an `Error` with the figures. */
export async function buildApps(apps: readonly App[] = APPS, options: Options = {}): Promise<void> {
  const { force = false, log = console.log } = options;
  // A test runner says "test" here, and what is built would then be larger and not what visitors get.
  process.env["NODE_ENV"] = "production";
  mkdirSync(OUT, { recursive: true });
  writeFileSync(join(OUT, "_headers"), HEADERS);
  const wanted = new Set(apps);
  if (wanted.has("beacon")) for (const name of fetchedNames) wanted.add(name);

  for (const app of APPS.filter((name) => wanted.has(name))) {
    const fetched = app === "beacon" ? builtPaths() : {};
    const inputs = hashInputs(inputsOf(app), JSON.stringify(fetched));
    const before = readMark(app);
    if (!force && isFresh(before, inputs, OUT)) {
      log(`${before.report} (unchanged)`);
      continue;
    }
    const built = app === "docs" ? copyDocs() : await buildWithVite(app, fetched);
    for (const file of before?.files ?? []) {
      if (!built.files.includes(file)) rmSync(join(OUT, file), { force: true });
    }
    writeMark(app, { ...built, inputs });
    log(built.report);
  }
  writeFileSync(join(OUT, "licenses.txt"), notice(shipped()));
}

const fetchedNames = Object.keys(FETCHED) as (keyof Fetched)[];

/** Where what the beacon fetches lies, as it was built last. */
const builtPaths = (): Fetched =>
  Object.fromEntries(fetchedNames.map((name) => [name, readMark(name)?.entry ?? ""]));

async function buildWithVite(app: Exclude<App, "docs">, fetched: Fetched): Promise<Omit<Built, "inputs">> {
  const { build } = await import("vite");
  const modules = new Set<string>();
  const config = viteConfig(app, OUT, fetched);
  config.plugins = [...(config.plugins ?? []), collectModules(modules)];
  const result = await build(config);
  const { output } = (Array.isArray(result) ? result[0] : result) as Rolldown.RolldownOutput;

  let files = output.map((part) => part.fileName);
  if (app === "shop") files = [...files, ...(await writeShopPages())];
  const packages = packagesOf(modules);
  const entry = output.find(
    (part) => part.type === "chunk" && part.isEntry && part.name !== SERVICE_WORKER,
  ) as Rolldown.OutputChunk | undefined;
  const { ok, report } = weigh(entry === undefined ? [] : loadsOf(app, entry, output), OUT);

  const problems = [
    ...(ok ? [] : [`over its size budget: ${report}`]),
    ...forbidden(packages).map((text) => `licence not allowed: ${text}`),
    ...files
      .filter((file) => /\.(?:js|css|html)$/.test(file))
      .flatMap((file) =>
        thirdPartyUrls(readFileSync(join(OUT, file), "utf8")).map((url) => `${file} names ${url}`),
      ),
  ];
  if (problems.length > 0) throw new Error(`${app}: ${problems.join("; ")}`);
  return { files, packages, entry: entry === undefined ? null : `/${entry.fileName}`, report };
}

/**
 * What is loaded together of `app`: for the widget first the invitation, in one language, then either what fills a slot
 * of the page or the chat, which is drawn before its engine is there; and each of the parts that come later still.
 */
function loadsOf(app: App, entry: Rolldown.OutputChunk, output: Rolldown.RolldownOutput["output"]): Load[] {
  const first = closure(entry, output);
  if (app !== "widget") return [{ name: app, files: first }];
  const chunks = output.filter((part) => part.type === "chunk" && part.isDynamicEntry);
  const named = (pattern: RegExp): string[] =>
    chunks.flatMap((part) =>
      part.type === "chunk" && pattern.test(part.facadeModuleId ?? "") ? [part.fileName] : [],
    );
  const all = (files: readonly string[]): string[] => [
    ...new Set(files.flatMap((file) => closure(chunkOf(file, output), output))),
  ];
  const invitation = all([...first, ...heaviest(named(/\/messages\/\w+\.json\?icu/), OUT)]);
  const drawn = all([...invitation, ...named(/\/chat\.ts$/)]);
  const chat = all([...drawn, ...named(/\/engine\.ts$/)]);
  const later = chunks.filter(
    (part) => !chat.includes(part.fileName) && !named(/\.json\?icu|\/slot\.ts$/).includes(part.fileName),
  );
  return [
    { name: "invitation", files: invitation },
    { name: "content", files: all([...invitation, ...named(/\/slot\.ts$/)]) },
    { name: "widget", files: drawn },
    { name: "chat", files: chat },
    { name: "its words", files: heaviest(named(/\/later\/\w+\.json\?icu/), OUT) },
    ...later.map(({ fileName }) => {
      return {
        name: `later ${fileName.slice("w/".length, -"-12345678.js".length)}`,
        files: all([fileName]).filter((file) => !chat.includes(file)),
      };
    }),
  ];
}

function chunkOf(file: string, output: Rolldown.RolldownOutput["output"]): Rolldown.OutputChunk {
  const found = output.find((part) => part.fileName === file);
  if (found?.type !== "chunk") throw new Error(`no chunk: ${file}`);
  return found;
}

/** The entry and everything it imports at once: what must arrive before it can run. */
function closure(entry: Rolldown.OutputChunk, output: Rolldown.RolldownOutput["output"]): string[] {
  const chunks = new Map(output.map((part) => [part.fileName, part]));
  const found = new Set<string>();
  const visit = (name: string): void => {
    const chunk = chunks.get(name);
    if (chunk?.type !== "chunk" || found.has(name)) return;
    found.add(name);
    chunk.imports.forEach(visit);
  };
  visit(entry.fileName);
  return [...found];
}

/** Remembers every module and asset that reached a bundle, for the licence budget. */
function collectModules(modules: Set<string>): Rolldown.Plugin {
  return {
    name: "aparte:collect-modules",
    generateBundle(_options, bundle) {
      for (const id of this.getModuleIds()) modules.add(id);
      for (const part of Object.values(bundle)) {
        if (part.type === "asset") {
          for (const name of part.originalFileNames) modules.add(join(process.cwd(), "web", name));
        }
      }
    },
  };
}

/** The shop is static: its pages are written at build from the catalogue, into the shell that Vite made. */
async function writeShopPages(): Promise<string[]> {
  const pages = new URL("../web/shop/pages.ts", import.meta.url);
  if (!existsSync(pages)) return [];
  const { shopPages }: { shopPages(shell: string): Record<string, string> } = await import(
    `${pages.href}?${Date.now()}`
  );
  const written = shopPages(readFileSync(join(OUT, "shop/index.html"), "utf8"));
  for (const [file, html] of Object.entries(written)) {
    mkdirSync(dirname(join(OUT, file)), { recursive: true });
    writeFileSync(join(OUT, file), html);
  }
  return Object.keys(written);
}

/** The reader of the API's description, served by ourselves instead of from a CDN. */
function copyDocs(): Omit<Built, "inputs"> {
  const file = "api-docs/standalone.js";
  mkdirSync(join(OUT, "api-docs"), { recursive: true });
  copyFileSync(SCALAR, join(OUT, file));
  const packages = packagesOf([join(process.cwd(), SCALAR)]);
  const problems = forbidden(packages);
  if (problems.length > 0) throw new Error(`docs: licence not allowed: ${problems.join("; ")}`);
  return { files: [file], packages, entry: null, report: "docs: copied" };
}

/** Every package of every build, once. */
function shipped(): ShippedPackage[] {
  const all = APPS.flatMap((app) => readMark(app)?.packages ?? []);
  const byName = new Map(all.map((one) => [`${one.name} ${one.version}`, one]));
  return [...byName.values()].toSorted((a, b) => a.name.localeCompare(b.name));
}

const USAGE = `Usage: node scripts/build.ts [${APPS.join(" ")}] [--force] [--help]
Builds the named front ends into dist/, all of them without a name. --force builds what did not change too.`;

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(USAGE);
    return 0;
  }
  const names = args.filter((arg) => !arg.startsWith("-"));
  const unknown = [
    ...names.filter((name) => !APPS.some((app) => app === name)),
    ...args.filter((arg) => arg.startsWith("-") && arg !== "--force"),
  ];
  if (unknown.length > 0) {
    console.error(`unknown: ${unknown.join(" ")}\n${USAGE}`);
    return 2;
  }
  const apps = APPS.filter((app) => names.length === 0 || names.includes(app));
  try {
    await buildApps(apps, { force: args.includes("--force") });
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.chdir(join(dirname(fileURLToPath(import.meta.url)), ".."));
  process.exitCode = await main(process.argv.slice(2));
}
