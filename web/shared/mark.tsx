/** The house's two signs: the name between accent brackets, and the brackets around three dots. */
import type { VNode } from "preact";

/** The name, for a top bar or the sign-in screen. `size` in CSS pixels. */
export function Mark({ size = 24 }: { size?: number }): VNode {
  return (
    <span class="mark" style={{ fontSize: `${size}px`, lineHeight: `${Math.round(size * 1.33)}px` }}>
      <span aria-hidden="true">(</span>Aparté<span aria-hidden="true">)</span>
    </span>
  );
}

/** Launcher and avatar of the house, drawn in the colours around it: dots in text colour, brackets in `--accent`. */
export function Brackets({ size = 24 }: { size?: number }): VNode {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" aria-hidden="true">
      <g stroke="var(--bracket, var(--accent))" stroke-width="1.75" stroke-linecap="round">
        <path d="M7 5c-3 4-3 10 0 14" />
        <path d="M17 5c3 4 3 10 0 14" />
      </g>
      <g fill="currentColor">
        <circle cx="8.9" cy="12" r="1.3" />
        <circle cx="12" cy="12" r="1.3" />
        <circle cx="15.1" cy="12" r="1.3" />
      </g>
    </svg>
  );
}
