/** One server for all the system tests of a run: a free port, an empty state, the demo seed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProvidedContext } from "vitest";
import type { TestProject } from "vitest/node";
import { buildFrontEnds } from "../../scripts/bundle.ts";
import { startServer } from "../../scripts/server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the run's server answers, without a slash at its end. */
    url: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  buildFrontEnds();
  const stateDir = mkdtempSync(join(tmpdir(), "aparte-system-"));
  const server = await startServer({ port: 0, stateDir });
  project.provide("url" satisfies keyof ProvidedContext, server.url);
  return async () => {
    await server.stop();
    rmSync(stateDir, { recursive: true, force: true });
  };
}
