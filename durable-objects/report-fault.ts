/** A line for the operator's log: what went wrong in which object. `warn` is for what is tried again by itself. */
export function reportFault(
  level: "error" | "warn",
  object: "room" | "desk",
  what: string,
  error: unknown,
): void {
  console.error(JSON.stringify({ level, object, what, error: String(error) }));
}
