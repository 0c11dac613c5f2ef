/** An interval on a line with the marks that it is held against; the text beside it says the same. */
import type { VNode } from "preact";

export type BarMark = { at: number; kind: "expected" | "target" | "zero" };

export function IntervalBar({
  low,
  high,
  point,
  marks,
  scale,
  tone = "",
}: {
  low: number;
  high: number;
  point: number;
  marks: readonly BarMark[];
  /** Of several bars below each other; absent, each has its own. */
  scale?: { low: number; high: number };
  tone?: "" | "good" | "bad" | "forecast";
}): VNode {
  const all = [low, high, point, ...marks.map(({ at }) => at)];
  const from = scale?.low ?? Math.min(...all);
  const to = scale?.high ?? Math.max(...all);
  const width = to - from || 1;
  const place = (value: number): string => `${Math.min(100, Math.max(0, ((value - from) / width) * 100))}%`;
  return (
    <span class={`interval-bar ${tone}`} aria-hidden="true">
      {marks.map(({ at, kind }) => (
        <span key={kind} class={kind} style={{ left: place(at) }} />
      ))}
      <span class="span" style={{ left: place(low), right: `calc(100% - ${place(high)})` }} />
      <span class="point" style={{ left: place(point) }} />
    </span>
  );
}
