/** The small round door back into the conversation, with the count of what was not read. */
import { useEffect, useRef } from "./hooks.ts";
import type { VNode } from "preact";
import { Brackets } from "../shared/mark.tsx";
import type { Screen } from "./screen.ts";

export function Launcher({ screen }: { screen: Screen }): VNode {
  const button = useRef<HTMLButtonElement>(null);
  const count = screen.talking.value?.unread.value ?? 0;
  const { t } = screen.words;
  useEffect(() => {
    if (screen.focusBack.value) button.current?.focus();
    screen.focusBack.value = false;
  }, [screen]);
  return (
    <button
      ref={button}
      class="launcher"
      type="button"
      aria-label={count > 0 ? t("unread", { count }) : t("launcher")}
      onClick={() => void screen.open()}
    >
      <Brackets size={30} />
      {count > 0 && <span class="badge">{count > 99 ? "99+" : count}</span>}
    </button>
  );
}
