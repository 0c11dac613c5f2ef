/**
 * A server that waits for its turn: everything is loaded, nothing runs. Told `{port, stateDir}` it serves there and says
 * `ready`. So that a restart after a kill takes what workerd takes to start, and not what Node takes to read its modules.
 */
import { bundleWorker } from "../scripts/bundle.ts";
import { startServer } from "../scripts/server.ts";

bundleWorker();
process.on("message", (told: { port: number; stateDir: string }) => {
  startServer(told).then(
    () => process.send?.("ready"),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.once("disconnect", () => process.exit(0));
process.send?.("waiting");
