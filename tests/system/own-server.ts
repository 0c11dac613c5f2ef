/**
 * A server of a test file's own: a free port, an empty state, the demo seed. Whoever imports `url` has it for the file,
 * so that what one file leaves behind is not in the next one's way, and files can run beside one another.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { startServer } from "../../scripts/server.ts";

const stateDir = mkdtempSync(join(tmpdir(), "aparte-system-"));
const server = await startServer({ port: 0, stateDir });

afterAll(async () => {
  await server.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

/** Where it answers, without a slash at its end. */
export const url: string = server.url;
