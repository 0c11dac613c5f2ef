/** One published answer. Its text is text; its addresses are links. */
import { useEffect, useState } from "./hooks.ts";
import type { VNode } from "preact";
import { linked } from "./linked.tsx";
import type { ChatScreen } from "./screen.ts";
import { text } from "./server.ts";

export function Article({ screen, id }: { screen: ChatScreen; id: string }): VNode {
  const [body, setBody] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  const { t } = screen.words;
  useEffect(() => {
    if (failed) return;
    screen.server.ask(`/v1/articles/${encodeURIComponent(id)}`).then(
      (answer) => setBody(text(answer["body"])),
      (failure: unknown) => {
        console.warn("aparte: article", failure);
        setFailed(true);
      },
    );
  }, [id, failed]);
  if (failed) {
    return (
      <p class="wrong" role="alert">
        {t("notFound")}{" "}
        <button type="button" class="link" onClick={() => setFailed(false)}>
          {t("try")}
        </button>
      </p>
    );
  }
  return (
    <div class="article" dir="auto" aria-busy={body === null}>
      {body === null ? t("looking") : linked(body)}
    </div>
  );
}
