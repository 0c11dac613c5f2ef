/** Beside the condition: what else a visitor must pass, in the order in which it is asked. */
import Lock from "lucide-static/icons/lock.svg?raw";
import type { VNode } from "preact";
import { Icon } from "../../shared/icon.tsx";
import type { Draft } from "./draft.ts";
import { w } from "./words.ts";

export function Gates({ draft }: { draft: Draft }): VNode {
  return (
    <div class="gates note">
      <span>
        <Icon svg={Lock} size={12} /> {w("gatesThen")}
      </span>
      <ol>
        {gatesOf(draft).map((gate) => (
          <li key={gate} class="tag outline">
            {w(`gate_${gate}`)}
          </li>
        ))}
      </ol>
    </div>
  );
}

/** The gates of `draft`, as the design orders them. Those that ask nothing of it are left out. */
export function gatesOf(
  draft: Pick<Draft, "namespace" | "requires_agent" | "holdout" | "variants">,
): string[] {
  return [
    "consent",
    "global_holdout",
    "excluded",
    "schedule",
    "caps",
    "pressure",
    ...(draft.namespace === null || draft.namespace === undefined ? [] : ["namespace"]),
    ...(draft.requires_agent ? ["agent"] : []),
    ...(draft.holdout > 0 ? ["holdout"] : []),
    ...(draft.variants.length > 1 ? ["variant"] : []),
  ];
}
