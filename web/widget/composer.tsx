/**
 * The field one writes in. What stands there survives minimising and reloading; Enter sends, Shift+Enter breaks the
 * line. Files are chosen with the clip, pasted, or dropped on the panel.
 */
import { useRef } from "./hooks.ts";
import type { VNode } from "preact";
import Arrow from "lucide-static/icons/arrow-up.svg?shapes";
import Clip from "lucide-static/icons/paperclip.svg?shapes";
import { Icon } from "./icon.tsx";
import type { ChatScreen } from "./screen.ts";

export function Composer({ screen }: { screen: ChatScreen }): VNode {
  const field = useRef<HTMLTextAreaElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
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
          onPaste={(event) => {
            if (attach(screen, event.clipboardData?.files)) event.preventDefault();
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
        <input
          ref={chooser}
          type="file"
          class="unseen"
          multiple
          tabIndex={-1}
          aria-hidden="true"
          accept="image/*,.pdf,.txt,.csv"
          onChange={({ currentTarget }) => {
            attach(screen, currentTarget.files);
            currentTarget.value = "";
          }}
        />
        <button
          class="bare"
          type="button"
          aria-label={t("attach")}
          title={t("attach")}
          onClick={() => chooser.current?.click()}
        >
          <Icon of={Clip} />
        </button>
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

/** Send `files`. False where there are none. */
export function attach({ conversation }: ChatScreen, files: FileList | null | undefined): boolean {
  if (!files || files.length === 0) return false;
  void conversation.attach([...files]);
  return true;
}
