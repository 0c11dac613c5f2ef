/** The chat panel: head, the state of the connection, the conversation, and the field; or the other ways to an answer. */
import { useEffect, useRef } from "./hooks.ts";
import type { VNode } from "preact";
import { attach, Composer } from "./composer.tsx";
import { Later } from "./later.tsx";
import { PanelHead } from "./panel-head.tsx";
import { rating, ways } from "./parts.ts";
import type { ChatScreen } from "./screen.ts";
import { Strip } from "./strip.tsx";
import { Transcript } from "./transcript.tsx";

export function Panel({ screen }: { screen: ChatScreen }): VNode {
  const element = useRef<HTMLElement>(null);
  const { conversation, leaving, words } = screen;
  const status = conversation.status.value;
  const closed = status === "closed";
  const waits = status === "queued" && conversation.rows.value.length > 0;

  useEffect(() => {
    const { current } = element;
    const isPhone = matchMedia("(max-width: 480px)").matches;
    if (screen.asked.value) {
      const field = isPhone ? null : current?.querySelector<HTMLElement>("textarea");
      (field ?? current)?.focus();
    }
    const watch = (): void => conversation.watch(document.visibilityState === "visible");
    watch();
    conversation.prepare();
    document.addEventListener("visibilitychange", watch);
    const page = document.documentElement;
    const before = page.style.overflow;
    // Full screen on a phone: what lies behind neither scrolls nor takes the focus. The widget stands beside the body.
    const { body } = document;
    const inert = body.inert;
    if (isPhone) {
      page.style.overflow = "hidden";
      body.inert = true;
    }
    return () => {
      conversation.watch(false);
      document.removeEventListener("visibilitychange", watch);
      if (isPhone) {
        page.style.overflow = before;
        body.inert = inert;
      }
    };
  }, [screen, conversation]);

  return (
    <section
      ref={element}
      class="panel"
      role="dialog"
      tabIndex={-1}
      aria-label={words.t("panel", { site: screen.site.value })}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.isComposing) {
          event.stopPropagation();
          screen.minimise();
        }
      }}
      onDragOver={(event) => {
        if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
      }}
      onDrop={(event) => {
        event.preventDefault();
        if (!closed && !leaving.value) attach(screen, event.dataTransfer?.files);
      }}
    >
      <PanelHead screen={screen} />
      {leaving.value ? (
        <Later screen={screen} load={ways} draw={({ Ways }) => <Ways screen={screen} />}>
          <div class="scroll" />
        </Later>
      ) : (
        <>
          <Strip screen={screen} />
          <Transcript screen={screen}>
            {waits && (
              <Later screen={screen} load={ways} quiet draw={({ Waiting }) => <Waiting screen={screen} />} />
            )}
            {closed && (
              <Later screen={screen} load={rating} draw={({ Rating }) => <Rating screen={screen} />} />
            )}
          </Transcript>
          {!closed && <Composer screen={screen} />}
        </>
      )}
    </section>
  );
}
