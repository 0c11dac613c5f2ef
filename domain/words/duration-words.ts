/**
 * How long something took, as it is written on every screen, in letters and at axes; both languages write it alike.
 *
 * To the second below ten minutes, where a second still tells; from there on rounded to the minute, never cut.
 *
 * Units   seconds.
 */
const MINUTE = 60;
const HOUR = 60 * MINUTE;
/** From here on the minute is enough. */
export const TO_THE_SECOND = 10 * MINUTE;
const NBSP = "\u00a0";

/** A duration as "45 s", "1 min 55 s", "12 min", "1 h 05". */
export function durationWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) return `${whole}${NBSP}s`;
  if (whole < TO_THE_SECOND) {
    const rest = whole % MINUTE;
    const minutes = `${Math.floor(whole / MINUTE)}${NBSP}min`;
    return rest === 0 ? minutes : `${minutes}${NBSP}${rest}${NBSP}s`;
  }
  const minutes = Math.round(whole / MINUTE);
  if (minutes < HOUR / MINUTE) return `${minutes}${NBSP}min`;
  return `${Math.floor(minutes / MINUTE)}${NBSP}h${NBSP}${String(minutes % MINUTE).padStart(2, "0")}`;
}
