/** `npm start` as an operator meets it: its death, its end, and its refusals. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../scripts/bundle.ts";
import { eventually } from "./demo-api.ts";
import { startServerProcess } from "./server-process.ts";

const START = join(ROOT, "scripts/start.ts");

test("RUN5 RUN6: with workerd gone the port answers again, on the same state; SIGTERM leaves nothing running", async () => {
  const server = await startServerProcess();
  const group = server.group();
  const workerd = running(group).filter(({ command }) => command.includes("workerd"));
  expect(workerd.length).toBeGreaterThan(0);
  for (const { pid } of workerd) process.kill(pid, "SIGKILL");

  const again = await eventually(
    () => fetch(`${server.url}/v1/projects/demo/settings`).catch(() => null),
    (answer) => answer?.status === 200,
  );
  expect(again?.status).toBe(200);
  const successors = running(group).filter(({ command }) => command.includes("workerd"));
  expect(successors.map(({ pid }) => pid)).not.toEqual(workerd.map(({ pid }) => pid));

  process.kill(group, "SIGTERM");
  const left = await eventually(
    () => Promise.resolve(running(group)),
    (processes) => processes.length === 0,
    10_000,
  );
  expect(left).toEqual([]);
  await server.dispose();
});

test("RUN7: a port that is taken, or is none, is refused in one sentence", async () => {
  const other = createServer((_request, response) => response.end());
  await new Promise<void>((ready) => other.listen(0, "127.0.0.1", ready));
  const { port } = other.address() as AddressInfo;
  expect(start(String(port))).toEqual({
    code: 1,
    said: `Port ${port} is in use: stop what uses it, or set PORT to another.`,
  });
  expect(start("many")).toEqual({ code: 2, said: 'PORT is a number from 1 to 65535, not "many"' });
  await new Promise((closed) => other.close(closed));
});

function start(port: string): { code: number | null; said: string } {
  const env = { ...process.env, PORT: port, STATE_DIR: join(ROOT, "node_modules/.cache/refused-state") };
  const done = spawnSync(process.execPath, [START], { cwd: ROOT, env, encoding: "utf8" });
  return { code: done.status, said: done.stderr.trim() };
}

type Process = { pid: number; group: number; state: string; command: string };

/** The living processes of a group; what has ended and waits to be noticed does not count. */
function running(group: number): Process[] {
  const processes = existsSync("/proc/self/stat") ? fromProc() : fromPs();
  return processes.filter((process) => process.group === group && !/^[ZX]/.test(process.state));
}

/** Linux's own list: a small image has no `ps`. */
function fromProc(): Process[] {
  return readdirSync("/proc").flatMap((pid) => {
    const [, command, state, , group] = /^\d+ \((.*)\) (\S) (\d+) (\d+)/s.exec(statOf(pid)) ?? [];
    if (command === undefined) return [];
    return [{ pid: Number(pid), group: Number(group), state: state ?? "X", command }];
  });
}

function statOf(pid: string): string {
  try {
    return /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/stat`, "utf8") : "";
  } catch {
    return ""; // it ended since the folder was listed
  }
}

function fromPs(): Process[] {
  const { stdout } = spawnSync("ps", ["-e", "-o", "pid=,pgid=,stat=,comm="], { encoding: "utf8" });
  return stdout.split("\n").flatMap((line) => {
    const [, pid, group, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined) return [];
    return [{ pid: Number(pid), group: Number(group), state: state ?? "X", command: command ?? "" }];
  });
}
