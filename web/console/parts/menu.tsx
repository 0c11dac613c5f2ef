/** A button that opens a short list of choices below itself; arrows move, Escape and a click outside close. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, VNode } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

export type Choice = {
  key: string;
  words: ComponentChildren;
  /** Of a group of which one holds: whether this is the one. Absent for a plain action. */
  checked?: boolean;
  onChoose: () => void;
};

export type MenuProps = {
  label: string;
  button: ComponentChildren;
  buttonClass?: string;
  /** Groups of choices, a line between them. */
  groups: readonly (readonly Choice[])[];
};

export function Menu({ label, button, buttonClass = "", groups }: MenuProps): VNode {
  const open = useSignal(false);
  const id = useId();
  const whole = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (!open.value) return;
    const outside = (event: PointerEvent): void => {
      if (event.target instanceof Node && whole.current?.contains(event.target) !== true) open.value = false;
    };
    items(whole.current)[0]?.focus();
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open.value]);

  function close(): void {
    open.value = false;
    opener.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (!open.value) return;
    const all = items(whole.current);
    const at = all.findIndex((item) => item === document.activeElement);
    const to: Record<string, number> = {
      ArrowDown: (at + 1) % all.length,
      ArrowUp: (at - 1 + all.length) % all.length,
      Home: 0,
      End: all.length - 1,
    };
    const next = to[event.key];
    if (next !== undefined) {
      event.preventDefault();
      all[next]?.focus();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (event.key === "Tab") {
      open.value = false;
    }
  }

  return (
    <div class="menu" ref={whole} onKeyDown={onKeyDown}>
      <button
        ref={opener}
        type="button"
        class={buttonClass}
        aria-haspopup="menu"
        aria-expanded={open.value}
        aria-controls={open.value ? id : undefined}
        aria-label={label}
        onClick={() => (open.value = !open.value)}
      >
        {button}
      </button>
      {open.value ? (
        <div id={id} class="menu-list floating" role="menu" aria-label={label}>
          {groups.map((group, place) => (
            <div key={place} role="group" class="menu-group">
              {group.map((choice) => (
                <button
                  key={choice.key}
                  type="button"
                  class="menu-item"
                  tabIndex={-1}
                  role={choice.checked === undefined ? "menuitem" : "menuitemradio"}
                  aria-checked={choice.checked}
                  onClick={() => {
                    close();
                    choice.onChoose();
                  }}
                >
                  {choice.words}
                </button>
              ))}
            </div>
          ))}
        </div>
      ) : null}
    </div>
  );
}

function items(whole: HTMLElement | null): HTMLElement[] {
  return [...(whole?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];
}
