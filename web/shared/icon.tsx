/**
 * A lucide icon in text colour. Import the drawing with `import Send from "lucide-static/icons/send.svg?raw"` and
 * show it with `<Icon svg={Send} />`. It is hidden from assistive technology: the word beside it, or the button's
 * `aria-label`, speaks.
 */
import type { VNode } from "preact";
import { h } from "preact";

type Shape = { tag: string; attributes: Record<string, string> };
const drawings = new Map<string, Shape[]>();

/** `size` in CSS pixels: 16, 12 in tags, 20 in the widget. */
export function Icon({ svg, size = 16 }: { svg: string; size?: number }): VNode {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {shapes(svg).map(({ tag, attributes }) => h(tag, attributes))}
    </svg>
  );
}

/** Lucide's files hold flat, self-closing shapes. Read here, since Trusted Types forbid handing them to the parser. */
function shapes(svg: string): Shape[] {
  const known = drawings.get(svg);
  if (known !== undefined) return known;
  const found = [...svg.matchAll(/<(path|circle|rect|line|polyline|polygon|ellipse)\s([^>]*?)\/>/g)].map(
    ([, tag = "", inside = ""]) => ({
      tag,
      attributes: Object.fromEntries(
        [...inside.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]),
      ),
    }),
  );
  drawings.set(svg, found);
  return found;
}
