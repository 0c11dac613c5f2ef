/** A button that is a drawing alone: its word is its name, and shown when pointed at or reached by the keyboard. */
import type { VNode } from "preact";
import { useId } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import { Tip } from "./elements.ts";

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
  return (
    <>
      <button
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
      <Tip of={id}>{label}</Tip>
    </>
  );
}
