/**
 * A server that a test may kill: `scripts/start.ts` in a process group of its own, on a state folder that outlives it.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { ROOT } from "../../scripts/bundle.ts";
import { freePort } from "../../scripts/server.ts";

const READY_WITHIN_MS = 60_000;

export type ServerProcess = {
  url: string;
  /** The process group: everything the server runs. */
  group(): number;
  /** SIGKILL to everything at once, as a power cut would. */
  kill(): Promise<void>;
  /** Start again on the same port and state. */
  restart(): Promise<void>;
  /** End it and forget its state. */
  dispose(): Promise<void>;
};

export async function startServerProcess(): Promise<ServerProcess> {
  const port = await freePort();
  const stateDir = mkdtempSync(join(tmpdir(), "aparte-killed-"));
  let child = await spawnReady(port, stateDir);
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const gone = once(child, "exit");
    process.kill(-child.pid, "SIGKILL");
    await gone;
  };
  return {
    url: `http://localhost:${port}`,
    group: () => child.pid ?? 0,
    kill,
    restart: async () => {
      child = await spawnReady(port, stateDir);
    },
    dispose: async () => {
      await kill();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

async function spawnReady(port: number, stateDir: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(ROOT, "scripts/start.ts")], {
    cwd: ROOT,
    env: { ...process.env, PORT: String(port), STATE_DIR: stateDir },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let said = "";
  await new Promise<void>((ready, fail) => {
    const tooLate = setTimeout(() => fail(new Error(`not ready in time:\n${said}`)), READY_WITHIN_MS);
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      if (!said.includes("Aparté ready on")) return;
      clearTimeout(tooLate);
      ready();
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("exit", (code) => {
      clearTimeout(tooLate);
      fail(new Error(`the server ended with ${code}:\n${said}`));
    });
  });
  return child;
}
