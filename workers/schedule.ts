/** What happens every five minutes, whoever asks or not: publications that were cut short are finished. */
import type { EpochMs } from "../domain/ids.ts";
import { republishStale } from "./publish/publish.ts";

export async function runSchedule(env: Env, now: EpochMs): Promise<void> {
  await republishStale(env, now);
}
