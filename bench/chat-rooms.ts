/**
 * The three servers that the chat's benchmark compares, each in a workerd of its own, and the ways into their rooms.
 *
 * Shapes  a `Seat` is how one socket gets in: where it opens, and what it says first, which is good for some seconds.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { transformSync } from "esbuild";
import { openConversation, signIn, ticketFor } from "../faults/http.ts";
import { bundleWorker, ROOT } from "../scripts/bundle.ts";
import { startAparte } from "./aparte-worker.ts";
import { type Bench, startWorkerd } from "./workerd.ts";

export type Seat = { url: string; hello(): Promise<string> };
export type Contestant = {
  name: string;
  bench: Bench;
  /** So many seats in a new room: the first is the visitor's, the others the agents'. */
  room(seats: number): Promise<Seat[]>;
};

/** A room where one person may send as fast as a benchmark does; all else is as deployed. */
const UNHURRIED = `
import worker, * as real from "./index.js";
export const { VisitorSession, ExemptCounter, SiteDesk } = real;
export class ChatRoom extends real.ChatRoom {
  static pace = { framesPerMinute: 1e9, agentSockets: 1e6 };
}
export default worker;`;

/** `bundle` is the Worker's, where not the one that is deployed; `inspect` opens the inspector. */
export async function startAparteRooms(
  bundle = resolve(bundleWorker(), "index.js"),
  inspect = false,
): Promise<Contestant> {
  const bench = await startAparte({ entry: UNHURRIED, bundle }, inspect);
  const cookie = await signIn(bench.url, "lea@demo.test");
  let rooms = 0;
  return {
    name: "Aparté",
    bench,
    async room(seats) {
      rooms += 1;
      const { conversation, token } = await openConversation(bench.url, `bench-${rooms}`);
      const url = `${bench.url.replace(/^http/, "ws")}/v1/conversations/${conversation.id}/socket`;
      const tokenOf = (seat: number) =>
        seat === 0 ? Promise.resolve(token) : ticketFor(bench.url, cookie, conversation.id);
      return Array.from({ length: seats }, (_, seat) => ({
        url,
        hello: async () =>
          JSON.stringify({ type: "hello", v: 1, token: await tokenOf(seat), epoch: null, after: 0 }),
      }));
    },
  };
}

export function startBareRooms(inspect = false): Promise<Contestant> {
  return startBaseline("bare object", "bare-room.js", {}, inspect);
}

export function startLimitedRooms(): Promise<Contestant> {
  return startBaseline("with a limiter", "limited-room.js", { LIMITER: "Limiter" });
}

async function startBaseline(
  name: string,
  file: string,
  others: Record<string, string>,
  inspect = false,
): Promise<Contestant> {
  const modules = [...new Set([file, "bare-room.js"])].map((path) => ({
    type: "ESModule" as const,
    path,
    contents: transformSync(readFileSync(resolve(ROOT, "bench/baselines", path), "utf8"), {
      minify: true,
      format: "esm",
    }).code,
  }));
  const classes = Object.entries({ ROOM: "Room", ...others });
  const bench = await startWorkerd(
    {
      name: "bare",
      compatibilityDate: "2026-10-20",
      compatibilityFlags: ["nodejs_compat", "global_fetch_strictly_public"],
      modules,
      durableObjects: Object.fromEntries(
        classes.map(([binding, className]) => [binding, { className, useSQLite: true }]),
      ),
    },
    inspect,
  );
  let rooms = 0;
  return {
    name,
    bench,
    room(seats) {
      rooms += 1;
      const url = `${bench.url.replace(/^http/, "ws")}/room-${rooms}`;
      return Promise.resolve(
        Array.from({ length: seats }, () => ({ url, hello: async () => '{"type":"hello"}' })),
      );
    },
  };
}
