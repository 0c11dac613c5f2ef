/**
 * X6: a room's storage is emptied or set back while its clients are connected and talk, and the room is renewed. Its epoch
 * is another one; every client begins anew, and none shows old and new mixed.
 */
import { type Outcome, type Run, sideBySide } from "./experiment.ts";
import type { FaultyServer } from "./faulty-server.ts";
import { signIn } from "./http.ts";
import { type Login, Stage } from "./stage.ts";

export type EpochSize = { runs: number; width: number };

export const EPOCH_FULL: EpochSize = { runs: 50, width: 4 };
export const EPOCH_SHORT: EpochSize = { runs: 12, width: 4 };

export async function runEpoch(server: FaultyServer, size: EpochSize, run: Run): Promise<Outcome> {
  const login: Login = { cookie: await signIn(server.url, "lea@demo.test"), sender: "lea" };
  const { dice } = run;
  const tally = { emptied: 0, "set back": 0, clients: 0, "began anew": 0 };
  const wrong: string[] = [];
  let done = 0;
  const numbers = Array.from({ length: size.runs }, (_, index) => index);
  const failed = await sideBySide(numbers, size.width, async (number) => {
    const common = { window: dice.pick([1, 4]), patience: 0.02, stableMs: 0 };
    const stage = await Stage.open(server.url, `epoch-${run.seed}-${number}`, dice.next, common);
    try {
      const clients = [stage.visitor("first tab"), stage.visitor("second tab"), stage.agent("agent", login)];
      await Promise.all(clients.map((client) => client.join()));
      const said = 2 + dice.below(20);
      for (let count = 0; count < said; count += 1) void dice.pick(clients).say(`before ${count}`);
      await Promise.all(clients.map((client) => client.settle()));
      // Some words are on their way while it happens.
      for (const client of clients) if (dice.chance(0.5)) void client.say("in the middle");
      const keep = dice.chance(0.4) ? 0 : dice.below(said);
      tally[keep === 0 ? "emptied" : "set back"] += 1;
      const resets = clients.map((client) => client.resets);
      await server.renewRoom(stage.id, keep);
      stage.history.note({ client: "the operator", what: "wiped" });
      await Promise.all(
        clients.map((client, index) =>
          client.until(() => client.resets > (resets[index] ?? 0), "begun anew"),
        ),
      );
      for (const client of clients) void client.say("after");
      wrong.push(...(await stage.verdict(login)));
      tally.clients += clients.length;
      tally["began anew"] += clients.filter((client) => client.resets === 1).length;
    } finally {
      stage.stop();
    }
    run.progress((done += 1), size.runs, "runs");
  });
  if (tally["began anew"] !== tally.clients) wrong.push("a client began anew more than once");
  return { counts: { runs: size.runs, ...tally }, wrong: [...wrong, ...failed] };
}
