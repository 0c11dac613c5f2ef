/** The chat panel: head, the state of the connection, the conversation, and the field; or the form when nobody is there. */
import { useEffect, useRef } from "preact/hooks";
import type { VNode } from "preact";
import { Away } from "./away.tsx";
import { Composer } from "./composer.tsx";
import { PanelHead } from "./panel-head.tsx";
import { Rating } from "./rating.tsx";
import type { ChatScreen } from "./screen.ts";
import { Strip } from "./strip.tsx";
import { Transcript } from "./transcript.tsx";

export function Panel({ screen }: { screen: ChatScreen }): VNode {
  const element = useRef<HTMLElement>(null);
  const { conversation, leaving, words } = screen;
  const closed = conversation.status.value === "closed";

  useEffect(() => {
    const { current } = element;
    const isPhone = matchMedia("(max-width: 480px)").matches;
    if (screen.asked.value) {
      const field = isPhone ? null : current?.querySelector<HTMLElement>("textarea");
      (field ?? current)?.focus();
    }
    const watch = (): void => conversation.watch(document.visibilityState === "visible");
    watch();
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
    >
      <PanelHead screen={screen} />
      {leaving.value ? (
        <Away screen={screen} />
      ) : (
        <>
          <Strip screen={screen} />
          <Transcript screen={screen}>{closed && <Rating screen={screen} />}</Transcript>
          {!closed && <Composer screen={screen} />}
        </>
      )}
    </section>
  );
}
