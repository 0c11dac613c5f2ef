/**
 * What happens every five minutes, whoever asks or not: publications that were cut short are finished, and what is
 * kept for a time only is dropped; bandits move their weights.
 */
import type { EpochMs } from "../domain/ids.ts";
import { moveBandits } from "./experiments/move-bandits.ts";
import { emptyOldReplays } from "./history/replays.ts";
import { republishStale } from "./publish/publish.ts";

export async function runSchedule(env: Env, now: EpochMs): Promise<void> {
  await republishStale(env, now);
  await emptyOldReplays(env, now);
  await moveBandits(env, now);
}
