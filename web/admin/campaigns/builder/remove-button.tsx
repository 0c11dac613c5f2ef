/** The cross at the end of a row or a group's head. */
import Cross from "lucide-static/icons/x.svg?raw";
import type { VNode } from "preact";
import { Icon } from "../../../shared/icon.tsx";

export function RemoveButton({
  label,
  disabled,
  onClick,
}: {
  label: string;
  disabled: boolean;
  onClick: () => void;
}): VNode {
  return (
    <button
      type="button"
      class="plain small icon-only"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon svg={Cross} />
    </button>
  );
}
