/**
 * A server that may be killed at any moment: all of its process group at once, as a power cut would, and started again
 * on the same port and state. Its successor stands by, loaded, in a group of its own.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../scripts/server.ts";

export type KilledServer = {
  url: string;
  /** SIGKILL to everything it runs. */
  kill(): Promise<void>;
  /** The successor has been loaded: a restart begins at once. */
  prepared(): Promise<void>;
  /** Serve again; resolves once requests succeed. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
};

const READY_WITHIN_MS = 60_000;

export async function startKilledServer(): Promise<KilledServer> {
  const port = await freePort();
  const memory = "/dev/shm";
  const stateDir = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), "aparte-killed-"));
  let serving = await begin(await waiting(), port, stateDir);
  let standby = waiting();
  return {
    url: `http://localhost:${port}`,
    kill: () => killGroup(serving),
    async prepared() {
      await standby;
    },
    async restart() {
      serving = await begin(await standby, port, stateDir);
      standby = waiting();
    },
    async dispose() {
      await Promise.all([killGroup(serving), killGroup(await standby)]);
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

/** A process that is loaded and serves nothing yet. */
async function waiting(): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, "standby.ts"), {
    detached: true,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  await told(child, "waiting");
  return child;
}

async function begin(child: ChildProcess, port: number, stateDir: string): Promise<ChildProcess> {
  child.send({ port, stateDir });
  await told(child, "ready");
  return child;
}

/** Resolve when `child` says `word`. */
function told(child: ChildProcess, word: string): Promise<void> {
  return new Promise((done, fail) => {
    const end = (act: () => void) => {
      clearTimeout(tooLate);
      child.off("message", heard);
      child.off("exit", gone);
      act();
    };
    const tooLate = setTimeout(
      () => end(() => fail(new Error(`the server never said ${word}`))),
      READY_WITHIN_MS,
    );
    const gone = (code: number | null) =>
      end(() => fail(new Error(`the server ended with ${code} before ${word}`)));
    const heard = (message: unknown) => {
      if (message === word) end(done);
    };
    child.on("message", heard);
    child.on("exit", gone);
  });
}

async function killGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, "exit");
  process.kill(-child.pid, "SIGKILL");
  await gone;
}
