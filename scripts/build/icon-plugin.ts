/**
 * `import Send from "lucide-static/icons/send.svg?shapes"`: a drawing of lucide's as data, read at build, so that the
 * browser carries neither the file's wrapping nor code to take it off.
 */
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const SUFFIX = ".svg?shapes";

export function icons(): Plugin {
  return {
    name: "aparte:icons",
    enforce: "pre",
    async resolveId(source, importer) {
      if (!source.endsWith(SUFFIX)) return null;
      const found = await this.resolve(source.slice(0, -"?shapes".length), importer, { skipSelf: true });
      // The trailing `.js` keeps Vite's own plugin for assets away.
      return found === null ? null : `${found.id}?shapes.js`;
    },
    load(id) {
      if (!id.endsWith(`${SUFFIX}.js`)) return null;
      const file = id.slice(0, -"?shapes.js".length);
      return `export default ${JSON.stringify(shapesOf(readFileSync(file, "utf8")))};`;
    },
  };
}

/** The flat, self-closing shapes of one of lucide's files: the name of each and its attributes. Throws without any. */
export function shapesOf(svg: string): [string, Record<string, string>][] {
  const found = [...svg.matchAll(/<(path|circle|rect|line|polyline|polygon|ellipse)\s([^>]*?)\/>/g)];
  if (found.length === 0) throw new Error("a drawing without a shape");
  return found.map(([, tag = "", inside = ""]) => [
    tag,
    Object.fromEntries(
      [...inside.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]),
    ),
  ]);
}
