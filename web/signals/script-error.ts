/** script_error: a script of the page failed, `before` we came or since. */
import { listen } from "./listen.ts";
import { signal } from "./report.ts";

export function detectScriptErrors(before: number): void {
  if (before) signal("script_error", { count: before });
  // Without an error of its own it is a picture that did not come, a notice of the browser, or a foreign script.
  listen("error", ({ error }) => error && signal("script_error"));
}
