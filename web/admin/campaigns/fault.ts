/** A complaint about one field, by its path. */

/** One sentence for the reader, and the server's own text beside it. */
export type Refused = { said: string; detail: string | null };
/** `message` is the server's; `said` the same in the reader's language. */
export type Fault = { path: string; message: string; said: string };

/** What `fault` says where it speaks of `path` or of something inside of it. */
export function faultAt(fault: Fault | null, path: string): Refused | undefined {
  if (fault === null) return undefined;
  return fault.path === path || fault.path.startsWith(`${path}.`)
    ? { said: fault.said, detail: fault.message }
    : undefined;
}

const CREATIVE =
  "title|text|accept|decline|code|link|image|position|launcher|slot|blocks\\.\\d+\\.(?:text|items|image|alt|link)";
const FIELDS = new RegExp(
  `^(?:name|kind|variants\\.\\d+\\.(?:key|weight|delay_seconds|creative\\.(?:fr|en)\\.(?:${CREATIVE}))` +
    "|schedule|caps|priority|skill|goal|value|namespace|allocation|holdout|window_hours|planned_end|plan)",
);

/** Whether the editor has a field for `path`, which then shows the complaint itself. */
export function hasField(path: string): boolean {
  return FIELDS.test(path);
}
