/**
 * The front ends and how Vite builds each: beacon (one classic script), widget, signals and consent (modules,
 * loaded when needed), and the pages of the hosted chat, shop, console and admin. All write below `dist/` and leave each other's files alone.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { InlineConfig, Plugin } from "vite";
import { icons } from "./icon-plugin.ts";
import { icu } from "./icu-plugin.ts";

export const APPS = [
  "widget",
  "signals",
  "consent",
  "beacon",
  "hosted",
  "shop",
  "console",
  "admin",
  "docs",
] as const;
export type App = (typeof APPS)[number];

const SHARED_INPUTS = ["web/shared", "domain", "scripts/build", "scripts/build.ts", "package-lock.json"];
const INPUTS: Record<App, string[]> = {
  beacon: ["web/beacon", ...SHARED_INPUTS],
  widget: ["web/widget", ...SHARED_INPUTS],
  signals: ["web/signals", ...SHARED_INPUTS],
  consent: ["web/consent", ...SHARED_INPUTS],
  hosted: ["web/hosted", ...SHARED_INPUTS],
  shop: ["web/shop", ...SHARED_INPUTS],
  console: ["web/console", ...SHARED_INPUTS],
  // The editor's preview is the widget's own card.
  admin: ["web/admin", "web/widget/widget.css", "web/widget/messages", ...SHARED_INPUTS],
  docs: ["scripts/build", "scripts/build.ts", "package-lock.json"],
};

const REACT_IS_PREACT = [
  { find: /^react(?:-dom)?$/, replacement: "preact/compat" },
  { find: "react/jsx-runtime", replacement: "preact/jsx-runtime" },
];

/** The console's service worker, which is built beside the page and loaded by the browser on its own. */
export const SERVICE_WORKER = "sw";

/** Files and folders whose content decides what `app` becomes. */
export const inputsOf = (app: App): string[] => INPUTS[app];

/** What the beacon fetches when it is needed: each one's name, and the constant in which it finds the URL path. */
export const FETCHED = { widget: "__WIDGET__", signals: "__SIGNALS__", consent: "__CONSENT__" } as const;
export type Fetched = Partial<Record<keyof typeof FETCHED, string>>;

/** Vite's configuration of `app`, writing to `out`. `fetched` are the URL paths that the beacon is told. */
export function viteConfig(app: Exclude<App, "docs">, out: string, fetched: Fetched): InlineConfig {
  const common: InlineConfig = {
    configFile: false,
    root: resolve("web"),
    publicDir: false,
    logLevel: "warn",
    plugins: [icu()],
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    define: { "process.env.NODE_ENV": '"production"' },
  };
  const build: InlineConfig["build"] = {
    outDir: resolve(out),
    emptyOutDir: false,
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 4_000,
  };
  if (app === "beacon") return { ...common, ...beacon(build, fetched) };
  if (app === "signals" || app === "consent") {
    return { ...common, build: { ...build, ...moduleBuild(app, `web/${app}/main`) } };
  }
  if (app === "widget") {
    return {
      ...common,
      plugins: [icu({ apart: true }), icons()],
      resolve: { alias: { "preact/jsx-runtime": resolve("web/widget/jsx-runtime.ts") } },
      build: { ...build, ...moduleBuild("widget", "web/widget/mount") },
    };
  }
  return {
    ...common,
    base: "/",
    plugins: [icu(), preloadSerif()],
    // The condition builder is written for React: Preact's own layer stands in for it.
    resolve: { alias: app === "admin" ? REACT_IS_PREACT : [] },
    build: {
      ...build,
      assetsDir: `a/${app}`,
      rolldownOptions: {
        input: pagesOf(app),
        // A service worker rules over what lies below it, so it keeps its place and its name.
        output: {
          entryFileNames: ({ name }) =>
            name === SERVICE_WORKER ? `${app}/${name}.js` : `a/${app}/[name]-[hash].js`,
        },
      },
    },
  };
}

function beacon(build: InlineConfig["build"], fetched: Fetched): InlineConfig {
  const paths = Object.entries({ widget: "", signals: "", consent: "", ...fetched }) as [
    keyof Fetched,
    string,
  ][];
  return {
    define: Object.fromEntries(paths.map(([name, path]) => [FETCHED[name], JSON.stringify(path)])),
    build: {
      ...build,
      modulePreload: false,
      lib: {
        entry: resolve("web/beacon/main.ts"),
        formats: ["iife"],
        name: "_aparte",
        fileName: () => "b.js",
      },
      // What is constant stays a constant, so that the minifier may put it where it is used.
      rolldownOptions: {
        output: { topLevelVar: false },
        optimization: { inlineConst: { mode: "all", pass: 3 } },
      },
    },
  };
}

/**
 * Built as a library: a page's build would add Vite's preloading code. Of the widget that makes two chunks and one for
 * each language: what the invitation needs, and what the chat adds to it, which imports the first.
 */
function moduleBuild(name: string, stem: string): InlineConfig["build"] {
  return {
    modulePreload: false,
    lib: { entry: { [name]: resolve(entryOf(stem)) }, formats: ["es"] },
    rolldownOptions: {
      preserveEntrySignatures: "allow-extension",
      output: {
        minify: true,
        minifyInternalExports: true,
        comments: false,
        // As `const`, figures that are named in the source are written where they are used.
        topLevelVar: name !== "signals",
        entryFileNames: "w/[name]-[hash:6].js",
        chunkFileNames: "w/[name]-[hash].js",
        assetFileNames: "w/[name]-[hash][extname]",
      },
    },
  };
}

/** `mount.ts` or `mount.tsx`, whichever there is. */
const entryOf = (stem: string): string => (existsSync(`${stem}.ts`) ? `${stem}.ts` : `${stem}.tsx`);

function pagesOf(app: "hosted" | "shop" | "console" | "admin"): Record<string, string> {
  const page = { [app]: resolve(join("web", app, "index.html")) };
  return app === "console" ? { ...page, [SERVICE_WORKER]: resolve("web/console/alerts/sw.ts") } : page;
}

/** Titles are set in the serif: its file is asked for with the page, not after the stylesheet. */
function preloadSerif(): Plugin {
  return {
    name: "aparte:preload-serif",
    transformIndexHtml: {
      order: "post",
      handler(_html, { bundle }) {
        const file = Object.keys(bundle ?? {}).find((name) =>
          /newsreader-latin-wght-normal.*\.woff2$/.test(name),
        );
        if (file === undefined) return [];
        const attrs = { rel: "preload", href: `/${file}`, as: "font", type: "font/woff2", crossorigin: "" };
        return [{ tag: "link", attrs, injectTo: "head" as const }];
      },
    },
  };
}
