/** The server's complaint about one field, by its path. */
export type Fault = { path: string; message: string };

/** The message of `fault` where it speaks of `path` or of something inside of it. */
export function faultAt(fault: Fault | null, path: string): string | undefined {
  if (fault === null) return undefined;
  return fault.path === path || fault.path.startsWith(`${path}.`) ? fault.message : undefined;
}
