/** With what the model reckons, and where each of its figures comes from. */
import type { VNode } from "preact";
import type { WireIntraday } from "../../../domain/staffing/intraday-wire.ts";
import { duration, number, percent } from "../../shared/format.ts";
import { locale } from "../session.ts";
import { w } from "./words.ts";

type Parameter = WireIntraday["model"]["handle_seconds"];

export function ModelNote({ day }: { day: WireIntraday }): VNode {
  const { model } = day;
  const language = locale.value;
  const alone = model.slowdown.value === null ? "handleAsIs" : "handle";
  const said: [name: string, parameter: Parameter, write: (value: number) => string][] = [
    [alone, model.handle_seconds, duration],
    ["patience", model.patience_seconds, duration],
    ["slowdown", model.slowdown, (value) => percent(language, value, 0)],
    ["concurrencyUsed", model.concurrency, (value) => number(language, value, 1)],
  ];
  const name = model.name === null ? "modelNone" : model.name === "erlang_a" ? "modelA" : "modelC";
  return (
    <div class="model-note note">
      <p>{w(name)}</p>
      <ul>
        {said.map(([key, parameter, write]) => (
          <li key={key}>{w("says", { name: w(key), value: sourceOf(parameter, write) })}</li>
        ))}
      </ul>
    </div>
  );
}

function sourceOf({ value, n, source }: Parameter, write: (value: number) => string): string {
  const count = number(locale.value, n);
  if (value === null) return w("missing", { n: count });
  return w(source, { value: write(value), n: count });
}
