/** A modal sheet over the console: the browser's own `<dialog>`, so focus and Escape are the browser's too. */
import type { ComponentChildren, VNode } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import X from "lucide-static/icons/x.svg?raw";
import { Icon } from "../../shared/icon.tsx";
import { t } from "../words.ts";

export type DialogProps = { title: string; onClose: () => void; children: ComponentChildren };

/** Shown as long as it is rendered; `onClose` is called for Escape, the cross and a click beside it. */
export function Dialog({ title, onClose, children }: DialogProps): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    // What is asked comes first, not the way out; where a choice is made already, that one.
    const form = element?.querySelector("form");
    const asked =
      form?.querySelector<HTMLElement>("input:checked") ?? form?.querySelector<HTMLElement>("input:enabled");
    asked?.focus();
    return () => {
      element?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  return (
    <dialog
      ref={dialog}
      class="dialog floating"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 id={titleId}>{title}</h2>
          <button
            type="button"
            class="plain icon-only"
            aria-label={t("close")}
            title={t("close")}
            onClick={onClose}
          >
            <Icon svg={X} />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
