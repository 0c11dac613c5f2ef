/**
 * Where the processor time of a message goes, function by function, in Aparté's room and in the bare one: what `chat.ts`
 * prints where a ratio is missed. `node bench/chat-profile.ts` prints it alone. The Worker is bundled unminified for it,
 * so that functions keep their names.
 *
 * Units   microseconds a message within the isolate. What the sockets cost beyond it, an acknowledgement's among them,
 *         is in the processor time that `chat.ts` prints and not here.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "../scripts/bundle.ts";
import { Crowd } from "./chat-load.ts";
import { type Contestant, startAparteRooms, startBareRooms } from "./chat-rooms.ts";
import { inspectorOf, profile } from "./profile.ts";

const SHOWN = 15;
const TALK = { senders: 2, messages: 1_500, window: 8 };
const WARM_UP = 3;
const ROUNDS = 3;

/** Print, for Aparté's room and the bare one, the functions that take most of a message. */
export async function printChatProfile(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "aparte-bench-"));
  try {
    runTool("node_modules/wrangler/bin/wrangler.js", ["deploy", "--dry-run", "--outdir", folder]);
    await printShares("aparte", await startAparteRooms(join(folder, "index.js"), true));
    await printShares("bare", await startBareRooms(true));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a native call takes stands with the function that makes it. Stops the contestant. */
async function printShares(worker: string, { name, bench, room }: Contestant): Promise<void> {
  try {
    const crowd = await Crowd.gather([await room(TALK.senders)], bench.cpuMs);
    const talk = async (rounds: number): Promise<void> => {
      for (let round = 0; round < rounds; round += 1) await crowd.talk(TALK.senders, TALK);
    };
    await talk(WARM_UP);
    const spent = await profile(await inspectorOf(bench.miniflare, worker), () => talk(ROUNDS));
    crowd.leave();
    const messages = TALK.senders * TALK.messages * ROUNDS;
    const total = spent.reduce((sum, { microseconds }) => sum + microseconds, 0);
    console.log(`\n  ${name}: ${(total / messages).toFixed(1)} µs a message, callees left out:`);
    for (const { name: place, microseconds } of spent.slice(0, SHOWN)) {
      console.log(`  ${(microseconds / messages).toFixed(1).padStart(6)} µs  ${place}`);
    }
  } finally {
    await bench.stop();
  }
}

if (import.meta.main) await printChatProfile();
