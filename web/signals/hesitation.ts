/**
 * hesitation: somebody pressed, tabbed or wrote into a field and then writes nothing, while it is empty or wrong.
 *
 * A field that the page puts the focus into by itself says nothing about anybody.
 */
import { onField } from "./fields.ts";
import { quiet } from "./listen.ts";
import { signal } from "./report.ts";

const SILENT_MS = 1e4;

export function detectHesitation(): void {
  const whenSilent = quiet(SILENT_MS);
  for (const event of ["click", "keyup", "input"] as const) {
    onField(event, (field, place) =>
      whenSilent(() => {
        // What is filled in and right is done: the cursor stays there while somebody reads on.
        const isDone = field.value && field.validity.valid;
        if (!isDone && field.matches(":focus")) signal("hesitation", place);
      }),
    );
  }
}
