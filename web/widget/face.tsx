/** Who speaks: an agent's initial, or the house's brackets where nobody has a name yet. */
import type { VNode } from "preact";
import { Brackets } from "../shared/mark.tsx";

export function Face({ name }: { name: string | null }): VNode {
  return name ? (
    <span class="face" aria-hidden="true">
      {[...name][0]?.toUpperCase()}
    </span>
  ) : (
    <span class="face house" aria-hidden="true">
      <Brackets size={24} />
    </span>
  );
}
