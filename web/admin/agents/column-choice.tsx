/** Which columns the table shows: one set at a time, none of them wider than a desk's screen. */
import type { VNode } from "preact";
import { SET_NAMES, type SetName } from "./view.ts";
import { a } from "./words.ts";

export function ColumnChoice({ set, onChange }: { set: SetName; onChange: (set: SetName) => void }): VNode {
  return (
    <div class="column-choice" role="group" aria-label={a("columns")}>
      {SET_NAMES.map((name) => (
        <button
          key={name}
          type="button"
          class="small"
          aria-pressed={name === set}
          onClick={() => onChange(name)}
        >
          {a(`columns_${name}`)}
        </button>
      ))}
    </div>
  );
}
