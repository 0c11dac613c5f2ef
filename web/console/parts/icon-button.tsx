/** A button that is a drawing alone: its word is its name, and shown when pointed at or reached by the keyboard. */
import type { VNode } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import { Tip, type WaTooltip } from "./elements.ts";

export type IconButtonProps = {
  label: string;
  svg: string;
  onClick: () => void;
  class?: string;
  /** The key that does the same. */
  keys?: string;
  pressed?: boolean;
};

export function IconButton({ label, svg, onClick, class: more = "", keys, pressed }: IconButtonProps): VNode {
  const id = `tip-${useId()}`;
  const button = useRef<HTMLButtonElement>(null);
  const tip = useRef<WaTooltip>(null);
  // The tip would name its button by itself, by words that are hidden until it shows: then the button has no name.
  useEffect(() => {
    void tip.current?.updateComplete.then(() => button.current?.removeAttribute("aria-labelledby"));
  }, [id]);
  return (
    <>
      <button
        ref={button}
        id={id}
        type="button"
        class={`plain icon-only ${more}`}
        aria-label={label}
        aria-keyshortcuts={keys}
        aria-pressed={pressed}
        onClick={onClick}
      >
        <Icon svg={svg} />
      </button>
      <Tip element={tip} of={id}>
        {label}
      </Tip>
    </>
  );
}
