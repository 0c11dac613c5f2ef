/**
 * A lucide icon in text colour, from `import Send from "lucide-static/icons/send.svg?shapes"`. It is hidden from
 * assistive technology: the word beside it, or the button's `aria-label`, speaks.
 */
import type { VNode } from "preact";
import { h } from "preact";

export type Shapes = readonly (readonly [tag: string, attributes: Record<string, string>])[];

/** `size` in CSS pixels. The stroke is the stylesheet's. */
export function Icon({ of, size = 20 }: { of: Shapes; size?: number }): VNode {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      {of.map(([tag, attributes]) => h(tag, attributes))}
    </svg>
  );
}
