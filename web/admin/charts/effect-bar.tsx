/** An effect as a dot, its interval with end ticks, the zero line and the planned band, on a scale shared by a whole table. */
import "./effect-bar.css";
import type { VNode } from "preact";

export type BarSpan = { value: number; low: number; high: number };
export type BarScale = { low: number; high: number; ticks: number[] };

/** One scale for all of `spans`, in whole steps around zero; null where nothing is drawn. */
export function barScale(spans: readonly BarSpan[], bands: readonly number[], steps = 4): BarScale | null {
  if (spans.length === 0) return null;
  const low = Math.min(0, ...spans.map((span) => span.low), ...bands.map((band) => -band));
  const high = Math.max(0, ...spans.map((span) => span.high), ...bands);
  if (high === low) return null;
  const rough = (high - low) / steps;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const [from, to] = [Math.floor(low / step), Math.ceil(high / step)];
  const ticks = Array.from({ length: to - from + 1 }, (_, index) => (from + index) * step);
  return { low: from * step, high: to * step, ticks };
}

export function barPlace({ low, high }: BarScale, value: number): string {
  return `${((value - low) / (high - low)) * 100}%`;
}

export function EffectBar({
  scale,
  span,
  band,
  tone,
}: {
  scale: BarScale;
  span: BarSpan | null;
  band: number | null;
  tone: "good" | "bad" | "";
}): VNode {
  return (
    <span class={`chart-bar ${tone}`} aria-hidden="true">
      {band === null ? null : (
        <span
          class="chart-bar-band"
          style={{ left: barPlace(scale, -band), right: `calc(100% - ${barPlace(scale, band)})` }}
        />
      )}
      <span class="chart-bar-zero" style={{ left: barPlace(scale, 0) }} />
      {span === null ? null : (
        <>
          <span
            class="chart-bar-span"
            style={{ left: barPlace(scale, span.low), right: `calc(100% - ${barPlace(scale, span.high)})` }}
          />
          <span class="chart-bar-point" style={{ left: barPlace(scale, span.value) }} />
        </>
      )}
    </span>
  );
}
