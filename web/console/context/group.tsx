/** One part of the pane beside a conversation: its name, what stands beside the name, and what it tells. */
import type { ComponentChildren, VNode } from "preact";

export type GroupProps = { title: string; aside?: ComponentChildren; children: ComponentChildren };

export function Group({ title, aside = null, children }: GroupProps): VNode {
  return (
    <section class="group">
      <div class="group-head">
        <h2 class="eyebrow">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
