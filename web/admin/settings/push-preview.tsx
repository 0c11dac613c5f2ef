/** Whether what a visitor wrote may stand in the notifications that agents get. */
import type { VNode } from "preact";
import { Switch } from "../field.tsx";
import { s } from "./words.ts";

export function PushPreview({
  shown,
  onChange,
}: {
  shown: boolean;
  onChange: (shown: boolean) => void;
}): VNode {
  return (
    <section aria-labelledby="push-title">
      <h2 id="push-title">{s("pushTitle")}</h2>
      <p class="quiet">{s("pushText")}</p>
      <Switch label={s("pushPreview")} note={s("pushPreviewNote")} checked={shown} onChange={onChange} />
    </section>
  );
}
