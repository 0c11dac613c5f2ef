/** copy_phone: a telephone number of the page was selected or copied. Which one stays in the page. */
import { listenTo } from "./listen.ts";
import { PHONE } from "./phone.ts";
import { signal } from "./report.ts";

export function detectPhoneCopied(): void {
  for (const name of ["pointerup", "copy"] as const) {
    listenTo(name, () => {
      const selection = getSelection();
      // A range's text takes no layout, and nothing of what stands in a field is in it.
      if (selection?.type === "Range" && PHONE.test(`${selection.getRangeAt(0)}`)) signal("copy_phone");
    });
  }
}
