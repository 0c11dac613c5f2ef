/**
 * Where chats waited too long in the last days: the worst stretch of hours of one day.
 *
 * Shapes  an `HourOfWaits` is a local hour in which somebody wrote; a `LongWait` is a run of hours of one day.
 * Units   `hour` from 0 to 23 of the local day; `toHour` is not inside.
 */
export type HourOfWaits = { day: string; hour: number; chats: number; late: number };
export type LongWait = { day: string; fromHour: number; toHour: number; chats: number; late: number };

/** Fewer late ones than this may be one colleague's coffee. */
const FEWEST_LATE = 5;
/** A run is worth a word where at least this share of it was late. */
const LATE_SHARE = 0.2;

/** The run of hours with most late chats; null where nowhere enough were. */
export function worstWait(hours: readonly HourOfWaits[]): LongWait | null {
  return runsOf(hours)
    .filter(({ late }) => late >= FEWEST_LATE)
    .reduce<LongWait | null>((worst, run) => (worst === null || run.late > worst.late ? run : worst), null);
}

/** Hours of one day that follow each other and in each of which too many were late. */
function runsOf(hours: readonly HourOfWaits[]): LongWait[] {
  const runs: LongWait[] = [];
  for (const { day, hour, chats, late } of hours.toSorted(byTime)) {
    if (late === 0 || late < LATE_SHARE * chats) continue;
    const run = runs.at(-1);
    if (run !== undefined && run.day === day && run.toHour === hour) {
      run.toHour = hour + 1;
      run.chats += chats;
      run.late += late;
    } else {
      runs.push({ day, fromHour: hour, toHour: hour + 1, chats, late });
    }
  }
  return runs;
}

function byTime(a: HourOfWaits, b: HourOfWaits): number {
  return a.day === b.day ? a.hour - b.hour : a.day < b.day ? -1 : 1;
}
