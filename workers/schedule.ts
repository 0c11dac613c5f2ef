/**
 * What happens every five minutes, whoever asks or not: publications that were cut short are finished, letters that did not leave
 * are sent, what is kept for a time only is dropped, bandits move their weights, figures are kept up with
 * history. One that fails is told to the operator and holds up none of the others.
 */
import type { EpochMs } from "../domain/ids.ts";
import { forgetCallAddresses } from "./callbacks/forget-addresses.ts";
import { moveBandits } from "./experiments/move-bandits.ts";
import { dropUnsentFiles } from "./files/sweep.ts";
import { forgetMeasurements } from "./history/forget-measurements.ts";
import { forgetRequests } from "./history/forget-requests.ts";
import { forgetTranscripts } from "./history/forget-transcripts.ts";
import { emptyOldReplays } from "./history/replays.ts";
import { forgetVisitors } from "./history/retention.ts";
import { buildJourneys } from "./journeys/report.ts";
import { buildRollups } from "./kpis/rollup-builder.ts";
import { sealDays } from "./kpis/seal-days.ts";
import { sendVisitorLetters } from "./mail/send-letters.ts";
import { sendWeeklyReports } from "./overview/send-reports.ts";
import { republishStale } from "./publish/publish.ts";
import { buildStaffing } from "./staffing/kept-days.ts";

const JOBS = [
  republishStale,
  sendVisitorLetters,
  forgetCallAddresses,
  emptyOldReplays,
  moveBandits,
  forgetVisitors,
  forgetTranscripts,
  forgetRequests,
  dropUnsentFiles,
  buildRollups,
  buildJourneys,
  buildStaffing,
  sealDays,
  forgetMeasurements,
  sendWeeklyReports,
];

export async function runSchedule(env: Env, now: EpochMs): Promise<void> {
  const failures: unknown[] = [];
  for (const job of JOBS) {
    try {
      await job(env, now);
    } catch (error) {
      console.error(
        JSON.stringify({ level: "alert", what: "schedule", job: job.name, error: String(error) }),
      );
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, "the schedule was not finished");
}
