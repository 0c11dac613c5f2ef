/** What the head's menu offers: what was said before, a booked call, the conversation as a text file, and its end. */
import { callIn, callLine } from "./call.ts";
import { useState } from "./hooks.ts";
import type { VNode } from "preact";
import type { ChatScreen, Leaving } from "./screen.ts";
import { saveTranscript } from "./save-transcript.ts";

export { default as style } from "./options.css?inline";

type Props = { screen: ChatScreen; close: () => void };

export function Menu({ screen, close }: Props): VNode {
  const [sure, setSure] = useState(false);
  const { t } = screen.words;
  const { phase, rows, status } = screen.conversation;
  const call = callIn(screen.memory.call());
  const mayEnd = phase.value === "live" && status.value !== "closed";
  if (sure) {
    return (
      <div class="menu">
        <p>{t("endSure")}</p>
        <button type="button" class="plain" onClick={end}>
          {t("yes")}
        </button>
        <button type="button" class="plain" onClick={close}>
          {t("no")}
        </button>
      </div>
    );
  }
  return (
    <div class="menu">
      <button type="button" class="plain" onClick={() => go("past")}>
        {t("pastTitle")}
      </button>
      {call && (
        <button type="button" class="plain" onClick={() => go("call")}>
          {t("yourCall")} <small>{callLine(call, screen.words)}</small>
        </button>
      )}
      {rows.value.length > 0 && (
        <button type="button" class="plain" onClick={download}>
          {t("transcript")}
        </button>
      )}
      {mayEnd && (
        <button type="button" class="plain" onClick={() => setSure(true)}>
          {t("end")}
        </button>
      )}
    </div>
  );

  function go(there: Leaving): void {
    close();
    screen.leaving.value = there;
  }

  function download(): void {
    saveTranscript(screen);
    close();
  }

  function end(): void {
    close();
    screen.conversation.end();
  }
}
