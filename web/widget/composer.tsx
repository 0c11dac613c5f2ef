/** The field one writes in. What stands there survives minimising and reloading; Enter sends, Shift+Enter breaks the line. */
import { useRef } from "preact/hooks";
import type { VNode } from "preact";
import Arrow from "lucide-static/icons/arrow-up.svg?shapes";
import { Icon } from "./icon.tsx";
import type { ChatScreen } from "./screen.ts";

export function Composer({ screen }: { screen: ChatScreen }): VNode {
  const field = useRef<HTMLTextAreaElement>(null);
  const { conversation } = screen;
  const { t } = screen.words;
  const text = conversation.draft.value;
  const send = (): void => {
    field.current?.focus();
    conversation.say(text).catch((failure: unknown) => screen.page.on("error", { message: String(failure) }));
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="field">
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          aria-label={t("field")}
          placeholder={t("field")}
          enterkeyhint="send"
          value={text}
          onInput={(event) => conversation.write(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
        <button
          class="send"
          type="submit"
          aria-label={t("send")}
          title={t("send")}
          aria-disabled={text.trim() === ""}
        >
          <Icon of={Arrow} />
        </button>
      </div>
      <p class="small">{t("kept")}</p>
    </form>
  );
}
