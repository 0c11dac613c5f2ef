/**
 * Where a Worker's processor time goes, function by function: V8's sampling profiler through workerd's inspector.
 *
 * Units   microseconds, and shares of the time in which the Worker was busy; idle time is left out.
 */
import type { Miniflare } from "miniflare";

/** What a function took, its callees left out. */
export type Spent = { name: string; share: number; microseconds: number };

type Node = {
  id: number;
  callFrame: { functionName: string; url: string; lineNumber: number };
  hitCount?: number;
};
type Profile = { nodes: Node[]; samples?: number[]; timeDeltas?: number[] };
type Answer = { id?: number; result?: { profile?: Profile }; error?: { message: string } };

const SAMPLE_MICROSECONDS = 200;
const IDLE = new Set(["(idle)", "(program)", "(root)"]);

/** Profile `run` in the Worker behind `inspector`; the functions with the largest share of their own, largest first. */
export async function profile(inspector: URL, run: () => Promise<void>): Promise<Spent[]> {
  const socket = new WebSocket(inspector);
  await new Promise((done, fail) => {
    socket.addEventListener("open", done, { once: true });
    socket.addEventListener("error", () => fail(new Error("the inspector did not answer")), { once: true });
  });
  let last = 0;
  const waiting = new Map<number, (answer: Answer) => void>();
  socket.addEventListener("message", ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer;
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
  });
  const ask = (method: string, params: object = {}): Promise<Answer> =>
    new Promise((done, fail) => {
      last += 1;
      waiting.set(last, (answer) =>
        answer.error === undefined ? done(answer) : fail(new Error(answer.error.message)),
      );
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  try {
    await ask("Profiler.enable");
    await ask("Profiler.setSamplingInterval", { interval: SAMPLE_MICROSECONDS });
    await ask("Profiler.start");
    await run();
    const { result } = await ask("Profiler.stop");
    return sharesOf(result?.profile ?? { nodes: [] });
  } finally {
    socket.close();
  }
}

/** The inspector of the Worker called `name`, among those of Miniflare. */
export async function inspectorOf(miniflare: Miniflare, name: string): Promise<URL> {
  const base = await miniflare.getInspectorURL();
  const listed = await fetch(new URL("/json", `http://${base.host}`));
  const targets = (await listed.json()) as { id: string; webSocketDebuggerUrl: string }[];
  const own = targets.find(({ id }) => id.includes(name));
  if (own === undefined) throw new Error(`no inspector among ${JSON.stringify(targets)}`);
  return new URL(own.webSocketDebuggerUrl);
}

function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profile): Spent[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const own = new Map<string, number>();
  samples.forEach((id, index) => {
    const name = names.get(id) ?? "(unknown)";
    if (!IDLE.has(name)) own.set(name, (own.get(name) ?? 0) + Math.max(0, timeDeltas[index] ?? 0));
  });
  const total = [...own.values()].reduce((sum, each) => sum + each, 0);
  return [...own]
    .map(([name, each]) => ({ name, share: each / total, microseconds: each }))
    .toSorted((a, b) => b.share - a.share);
}

function nameOf({ functionName, lineNumber }: Node["callFrame"]): string {
  return functionName === "" ? `(anonymous, line ${lineNumber + 1})` : functionName;
}
