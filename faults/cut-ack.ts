/**
 * X3: the line is cut on the acknowledgement: the message is written, its sender never hears of it, comes back and says it
 * again. There is one row, and the second acknowledgement names the same `seq`.
 */
import { type Outcome, type Run, sideBySide } from "./experiment.ts";
import type { FaultyServer } from "./faulty-server.ts";
import { signIn } from "./http.ts";
import { Proxy } from "./proxy.ts";
import { type Login, Stage } from "./stage.ts";

export type CutAckSize = { rooms: number; cutsARoom: number; width: number };

export const CUT_ACK_FULL: CutAckSize = { rooms: 50, cutsARoom: 20, width: 6 };
export const CUT_ACK_SHORT: CutAckSize = { rooms: 8, cutsARoom: 10, width: 4 };

/** One in so many is evicted from memory between the cut and the repeat. */
const EVICTED_ONE_IN = 3;

export async function runCutAck(server: FaultyServer, size: CutAckSize, run: Run): Promise<Outcome> {
  const login: Login = { cookie: await signIn(server.url, "lea@demo.test"), sender: "lea" };
  /** The ids whose next acknowledgement is cut off, and the `seq` that each would have told. */
  const armed = new Set<string>();
  const cut = new Map<string, number>();
  const proxy = await Proxy.before(server.url, {
    cutAt(text) {
      if (armed.size === 0 || !text.startsWith('{"type":"ack"')) return false;
      const ack = JSON.parse(text) as { client_id: string; seq: number };
      if (!armed.delete(ack.client_id)) return false;
      cut.set(ack.client_id, ack.seq);
      return true;
    },
  });
  const wrong: string[] = [];
  let repeated = 0;
  try {
    const rooms = Array.from({ length: size.rooms }, (_, index) => index);
    const failed = await sideBySide(rooms, size.width, async (room) => {
      const common = { patience: 0.02, stableMs: 0 };
      const stage = await Stage.open(server.url, `cut-${run.seed}-${room}`, run.dice.next, common);
      try {
        const url = proxy.by(stage.url);
        const sides = [stage.visitor("visitor", { url }), stage.agent("agent", login, { url })];
        const still = stage.visitor("another tab");
        await Promise.all([...sides, still].map((client) => client.join()));
        for (let count = 0; count < size.cutsARoom; count += 1) {
          const side = run.dice.pick(sides);
          const id = crypto.randomUUID();
          armed.add(id);
          const answer = side.say(`cut ${count}`, "text", id);
          if (run.dice.below(EVICTED_ONE_IN) === 0) {
            await side.until(() => cut.has(id) || !side.isReady, "cut");
            await server.evictRoom(stage.id, "hibernate");
          }
          const told = await answer;
          const first = cut.get(id);
          if (first === undefined) wrong.push(`${stage.id}: ${id} was not cut off`);
          else if (!told.ok) wrong.push(`${stage.id}: ${id} was refused with ${told.code}`);
          else if (told.seq !== first) {
            wrong.push(`${stage.id}: ${id} was ${first} on the line that was cut and ${told.seq} after`);
          } else repeated += 1;
          run.progress(cut.size, size.rooms * size.cutsARoom, "acknowledgements cut off");
        }
        wrong.push(...(await stage.verdict(login)));
      } finally {
        stage.stop();
      }
    });
    const counts = { rooms: size.rooms, "cut off": cut.size, "same seq at the repeat": repeated };
    return { counts, wrong: [...wrong, ...failed] };
  } finally {
    await proxy.close();
  }
}
