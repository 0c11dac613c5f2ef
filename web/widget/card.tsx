/**
 * The invitation: who, that they are free, one question, two answers of equal size and a way to be left alone.
 *
 * It takes no focus and no space of the page; Escape and the cross mean no.
 */
import { useEffect, useRef, useState } from "./hooks.ts";
import type { VNode } from "preact";
import Copy from "lucide-static/icons/copy.svg?shapes";
import Cross from "lucide-static/icons/x.svg?shapes";
import { Icon } from "./icon.tsx";
import { acceptWord, type Card as Creative, leadsToTalk } from "./creative.ts";
import { Face } from "./face.tsx";
import type { Invitation } from "./invitation.ts";
import { keepClear } from "./keep-clear.ts";
import type { Screen } from "./screen.ts";
import { whenSeen } from "./when-seen.ts";

type Props = { screen: Screen; invitation: Invitation; card: Creative };

export function Card({ screen, invitation, card }: Props): VNode {
  const element = useRef<HTMLElement>(null);
  const [why, setWhy] = useState(false);
  const { t } = screen.words;
  const site = screen.site.value;
  const title = card.title ?? (leadsToTalk(card) ? t("chatTitle") : null);
  const taken = invitation.copied.value && card.code !== null;

  useEffect(() => {
    const { current } = element;
    if (!current) return;
    const stopWatching = whenSeen(current, () => invitation.shown());
    const stopClearing = keepClear(current);
    const escape = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && !event.defaultPrevented && !isBusy(event)) invitation.decline(false);
    };
    document.addEventListener("keydown", escape);
    // Whoever is free now may be gone in a minute.
    const stopLooking = card.kind === "chat" ? screen.keepLooking(withdrawHidden) : () => undefined;
    return () => {
      stopLooking();
      stopWatching();
      stopClearing();
      document.removeEventListener("keydown", escape);
    };
  }, [screen]);

  function withdrawHidden(): void {
    if (screen.hidden.value) invitation.withdraw();
  }

  return (
    <section
      ref={element}
      class={`card ${card.kind}${card.atStart ? " start" : ""}`}
      aria-label={t("invitation", { site })}
    >
      <header class="who">
        {card.kind === "chat" && <Face name={card.agent} />}
        <Who screen={screen} card={card} />
        <button class="bare" type="button" aria-label={t("close")} title={t("close")} onClick={close}>
          <Icon of={Cross} />
        </button>
      </header>
      {title && <h2>{title}</h2>}
      {(card.text || card.kind === "chat") && <p>{card.text ?? t("chatText")}</p>}
      {card.thumbnails.length > 0 && (
        <ul class="thumbnails">
          {card.thumbnails.map(({ url, label }) => (
            <li key={url}>
              <img src={url} alt="" width={56} height={64} />
              {label && <span>{label}</span>}
            </li>
          ))}
        </ul>
      )}
      {card.code && (
        <div class="code">
          <code>{card.code}</code>
          <button type="button" class="quiet" onClick={() => void invitation.clickCode()}>
            <Icon of={Copy} size={16} />
            {t("copy")}
          </button>
        </div>
      )}
      {card.terms && <p class="terms">{card.terms}</p>}
      <p role="status" class={taken ? "taken" : "unseen"}>
        {taken ? t("copied") : ""}
      </p>
      <div class="answers">
        {taken ? (
          <button type="button" class="plain" onClick={() => invitation.finish()}>
            {t("done")}
          </button>
        ) : (
          <>
            <button type="button" class="main" onClick={() => void invitation.accept()}>
              {card.accept ?? t(acceptWord(card))}
            </button>
            <button type="button" class="plain" onClick={() => invitation.decline(false)}>
              {card.decline ?? t("decline")}
            </button>
          </>
        )}
      </div>
      <footer>
        {!taken && (
          <button type="button" class="link" onClick={() => invitation.decline(true)}>
            {t("never")}
          </button>
        )}
        <button type="button" class="link" aria-expanded={why} onClick={() => setWhy(!why)}>
          {t("why")}
        </button>
      </footer>
      {why && <p class="because">{t("whyText", { site })}</p>}
    </section>
  );

  function close(): void {
    if (taken) invitation.finish();
    else invitation.decline(false);
  }
}

function Who({ screen, card }: { screen: Screen; card: Creative }): VNode {
  const site = screen.site.value;
  const { t } = screen.words;
  const away = screen.available.value?.state === "closed";
  if (card.kind !== "chat") return <p class="site">{site}</p>;
  return (
    <div class="name">
      <p>
        <strong>{card.agent ?? site}</strong>
        {card.agent && <> · {card.role ?? site}</>}
      </p>
      {card.agent && !away && (
        <p class="free">
          <span class="dot" aria-hidden="true" />
          {t("freeNow")}
        </p>
      )}
      {away && <p>{t("awaySub")}</p>}
    </div>
  );
}

/** Escape that belongs to something of the page: its dialog, or a field being written in. */
function isBusy(event: KeyboardEvent): boolean {
  const [target] = event.composedPath();
  if (!(target instanceof Element)) return false;
  return target.closest("dialog,[role=dialog],input,textarea,select,[contenteditable]") !== null;
}
