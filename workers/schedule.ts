/** What happens every five minutes, whoever asks or not. */

export async function runSchedule(_env: Env, _now: number): Promise<void> {}
