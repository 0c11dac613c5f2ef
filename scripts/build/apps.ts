/**
 * The front ends and how Vite builds each: beacon (one classic script), widget (one module, loaded when needed), and
 * the pages of shop, console and admin. All write below `dist/` and leave each other's files alone.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { InlineConfig, Plugin } from "vite";
import { icons } from "./icon-plugin.ts";
import { icu } from "./icu-plugin.ts";

export const APPS = ["widget", "beacon", "shop", "console", "admin", "docs"] as const;
export type App = (typeof APPS)[number];

const SHARED_INPUTS = ["web/shared", "domain", "scripts/build", "scripts/build.ts", "package-lock.json"];
const INPUTS: Record<App, string[]> = {
  beacon: ["web/beacon", ...SHARED_INPUTS],
  widget: ["web/widget", ...SHARED_INPUTS],
  shop: ["web/shop", ...SHARED_INPUTS],
  console: ["web/console", ...SHARED_INPUTS],
  // The editor's preview is the widget's own card.
  admin: ["web/admin", "web/widget/widget.css", "web/widget/messages", ...SHARED_INPUTS],
  docs: ["scripts/build", "scripts/build.ts", "package-lock.json"],
};

/** Files and folders whose content decides what `app` becomes. */
export const inputsOf = (app: App): string[] => INPUTS[app];

/** Vite's configuration of `app`, writing to `out`. `widget` is the widget's URL path, for the beacon. */
export function viteConfig(app: Exclude<App, "docs">, out: string, widget: string | null): InlineConfig {
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
  if (app === "beacon") return { ...common, ...beacon(build, widget) };
  if (app === "widget") {
    return {
      ...common,
      plugins: [icu({ apart: true }), icons()],
      resolve: { alias: { "preact/jsx-runtime": resolve("web/widget/jsx-runtime.ts") } },
      build: { ...build, ...widgetBuild() },
    };
  }
  return {
    ...common,
    base: "/",
    plugins: [icu(), preloadSerif()],
    build: {
      ...build,
      assetsDir: `a/${app}`,
      rolldownOptions: { input: pagesOf(app) },
    },
  };
}

function beacon(build: InlineConfig["build"], widget: string | null): InlineConfig {
  return {
    define: { __WIDGET__: JSON.stringify(widget ?? "") },
    build: {
      ...build,
      modulePreload: false,
      lib: {
        entry: resolve("web/beacon/main.ts"),
        formats: ["iife"],
        name: "_aparte",
        fileName: () => "b.js",
      },
    },
  };
}

/**
 * Built as a library: a page's build would add Vite's preloading code. Two chunks and one for each language: what the
 * invitation needs, and what the chat adds to it, which imports the first.
 */
function widgetBuild(): InlineConfig["build"] {
  return {
    modulePreload: false,
    lib: { entry: { widget: resolve(entryOf("web/widget/mount")) }, formats: ["es"] },
    rolldownOptions: {
      preserveEntrySignatures: "allow-extension",
      output: {
        minify: true,
        minifyInternalExports: true,
        comments: false,
        entryFileNames: "w/[name]-[hash].js",
        chunkFileNames: "w/[name]-[hash].js",
        assetFileNames: "w/[name]-[hash][extname]",
      },
    },
  };
}

/** `mount.ts` or `mount.tsx`, whichever there is. */
const entryOf = (stem: string): string => (existsSync(`${stem}.ts`) ? `${stem}.ts` : `${stem}.tsx`);

function pagesOf(app: "shop" | "console" | "admin"): Record<string, string> {
  return { [app]: resolve(join("web", app, "index.html")) };
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
