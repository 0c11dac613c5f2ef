/** The one line that installs Aparté, with this site's key and this installation's public host. */
import type { VNode } from "preact";
import { me, t } from "../session.ts";
import { CopyButton } from "../states.tsx";

/** The line itself. `host` is the origin that serves `/b.js`. */
export function snippetOf(host: string, site: string): string {
  return `<script async src="${host}/b.js" data-key="${site}"></script>`;
}

export function Snippet({ site, compact = false }: { site: string; compact?: boolean }): VNode {
  const line = snippetOf(me.value?.public_origin ?? location.origin, site);
  return (
    <div class={compact ? "snippet compact" : "snippet"}>
      <code tabIndex={0} aria-label={t("snippetLabel")}>
        {line}
      </code>
      <CopyButton text={line} label={t("copy")} kind="primary" />
    </div>
  );
}
