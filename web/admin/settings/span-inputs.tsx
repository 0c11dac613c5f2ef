/** One opening: from, to, and a word where it lasts past midnight or all day; and the buttons beside a line. */
import Plus from "lucide-static/icons/plus.svg?raw";
import Cross from "lucide-static/icons/x.svg?raw";
import type { VNode } from "preact";
import { Icon } from "../../shared/icon.tsx";
import { lasts, shownClosing, storedClosing, type Span } from "./hours-plan.ts";
import { s } from "./words.ts";

export function SpanInputs({ span, onChange }: { span: Span; onChange: (span: Span) => void }): VNode {
  const lasting = lasts(span);
  return (
    <span class="span-inputs">
      <input
        type="time"
        aria-label={s("opens")}
        value={span.opens}
        onInput={(event) => {
          const opens = event.currentTarget.value;
          if (opens !== "") onChange({ ...span, opens });
        }}
      />
      <span aria-hidden="true">–</span>
      <input
        type="time"
        aria-label={s("closes")}
        value={shownClosing(span.closes)}
        onInput={(event) => {
          const shown = event.currentTarget.value;
          if (shown !== "") onChange({ ...span, closes: storedClosing(shown) });
        }}
      />
      {lasting === null ? null : <span class="note">{s(lasting)}</span>}
    </span>
  );
}

export function RemoveLine({ label, onRemove }: { label: string; onRemove: () => void }): VNode {
  return (
    <button type="button" class="plain small icon-only" aria-label={label} title={label} onClick={onRemove}>
      <Icon svg={Cross} />
    </button>
  );
}

export function AddLine({ label, onAdd }: { label: string; onAdd: () => void }): VNode {
  return (
    <button type="button" class="plain small" onClick={onAdd}>
      <Icon svg={Plus} size={12} /> {label}
    </button>
  );
}
