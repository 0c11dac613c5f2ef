/** A modal sheet over the console; Escape, the cross and a click beside it close it. */
import X from "lucide-static/icons/x.svg?raw";
import type { ComponentChildren, VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../words.ts";
import { loadDialog, Sheet, type WaDialog } from "./elements.ts";
import { IconButton } from "./icon-button.tsx";

export type DialogProps = { title: string; onClose: () => void; children: ComponentChildren };

/** Shown as long as it is rendered. */
export function Dialog({ title, onClose, children }: DialogProps): VNode {
  const dialog = useRef<WaDialog>(null);

  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    const before = document.activeElement;
    // What is asked comes first, not the way out; where a choice is made already, that one.
    const form = element.querySelector("form");
    const asked =
      form?.querySelector("input:checked") ??
      form?.querySelector("input:enabled, select:enabled, textarea:enabled");
    asked?.setAttribute("autofocus", "");
    let gone = false;
    void open(element, () => gone).catch((error: unknown) => {
      console.warn("a dialog could not be loaded", error);
      onClose();
    });
    return () => {
      gone = true;
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  return (
    <Sheet
      element={dialog}
      label={title}
      onHidden={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div class="dialog-body">
        <div class="dialog-head">
          <h2>{title}</h2>
          <IconButton label={t("close")} svg={X} onClick={onClose} />
        </div>
        {children}
      </div>
    </Sheet>
  );
}

async function open(element: WaDialog, isGone: () => boolean): Promise<void> {
  await loadDialog();
  if (!isGone()) element.open = true;
}
