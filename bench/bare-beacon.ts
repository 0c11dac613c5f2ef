/** `baselines/bare-beacon.js` as a benchmark starts it: the flags of `wrangler.toml`, minified as Aparté is. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { transformSync } from "esbuild";
import { ROOT } from "../scripts/bundle.ts";
import { type Bench, startWorkerd } from "./workerd.ts";

/** Start it; `inspect` opens the inspector and leaves its functions their names. */
export async function startBareBeacon(inspect = false): Promise<Bench> {
  const source = readFileSync(resolve(ROOT, "bench/baselines/bare-beacon.js"), "utf8");
  const contents = inspect ? source : transformSync(source, { minify: true, format: "esm" }).code;
  return startWorkerd(
    {
      name: "bare",
      compatibilityDate: "2026-10-20",
      compatibilityFlags: ["nodejs_compat", "global_fetch_strictly_public"],
      modules: [{ type: "ESModule", path: "bare.js", contents }],
      durableObjects: { KEEPER: { className: "Keeper", useSQLite: true } },
    },
    inspect,
  );
}
