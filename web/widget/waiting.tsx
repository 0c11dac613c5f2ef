/** While one waits: answers that often help, and the other ways. What is typed stays where it is. */
import { useEffect, useState } from "./hooks.ts";
import type { VNode } from "preact";
import Next from "lucide-static/icons/chevron-right.svg?shapes";
import { Article } from "./article.tsx";
import { Icon } from "./icon.tsx";
import type { ChatScreen } from "./screen.ts";

export function Waiting({ screen }: { screen: ChatScreen }): VNode | null {
  const { t } = screen.words;
  const { articles = [], actions = [], state } = screen.available.value ?? {};
  const others = ["message", "callback"].some((way) => actions.some((one) => one === way));
  useEffect(() => {
    void screen.look();
    return screen.keepLooking();
  }, [screen]);
  if (articles.length === 0 && !others) return null;
  return (
    <div class="meanwhile">
      {state === "closed" && <p role="status">{t("theyLeft")}</p>}
      {articles.length > 0 && <p>{t("meanwhile")}</p>}
      {articles.map(({ id, title }) => (
        <Answer key={id} screen={screen} id={id} title={title} />
      ))}
      {others && (
        <p class="after">
          <button type="button" class="link" onClick={() => void screen.leave()}>
            {t("notWait")}
          </button>
        </p>
      )}
    </div>
  );
}

function Answer({ screen, id, title }: { screen: ChatScreen; id: string; title: string }): VNode {
  const [open, setOpen] = useState(false);
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {title}
        <Icon of={Next} size={16} />
      </summary>
      {open && <Article screen={screen} id={id} />}
    </details>
  );
}
