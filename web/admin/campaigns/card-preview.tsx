/**
 * The invitation card as a visitor gets it: the widget's own style sheet and words around the campaign's.
 *
 * The card stands in a shadow root, as it does on a page, so that neither the admin's style nor the widget's reaches
 * the other.
 */
import Copy from "lucide-static/icons/copy.svg?raw";
import Cross from "lucide-static/icons/x.svg?raw";
import { render, type VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { CreativeText } from "../../../domain/targeting/campaign.ts";
import { translator, type Translate } from "../../shared/i18n.ts";
import { Icon } from "../../shared/icon.tsx";
import { acceptWord, leadsToTalk, readCreative } from "../../widget/creative.ts";
import en from "../../widget/messages/en.json?icu";
import fr from "../../widget/messages/fr.json?icu";
import widgetStyle from "../../widget/widget.css?inline";
import { t } from "../session.ts";
import { useSite } from "../site.ts";
import standingStyle from "./card-preview.css?inline";
import type { Draft } from "./draft.ts";
import { pictureAt } from "./image-field.tsx";

/** Whoever is free when a visitor comes; here somebody has to stand for them. */
const SOMEBODY = "Léa";

type Props = {
  kind: Draft["kind"];
  creative: CreativeText;
  language: "fr" | "en";
  phone: boolean;
};

export function CardPreview({ phone, ...card }: Props): VNode {
  const site = useSite();
  const host = useRef<HTMLDivElement>(null);
  const { kind, creative, language } = card;
  useLayoutEffect(() => {
    const element = host.current;
    if (element === null) return;
    const root = element.shadowRoot ?? openRoot(element);
    const words = translator({ fr, en }, language);
    render(<Card kind={kind} creative={creative} words={words} site={site.name} />, root);
  });
  useLayoutEffect(() => {
    const root = host.current?.shadowRoot;
    return () => (root ? render(null, root) : undefined);
  }, []);
  return (
    <div
      class={["preview", phone ? "phone" : "", creative.position === "start" ? "start" : ""].join(" ").trim()}
      role="img"
      aria-label={t("preview")}
    >
      {/* A picture of the card: its buttons are not for pressing. */}
      <div ref={host} class={phone ? "phone" : ""} lang={language} inert />
    </div>
  );
}

function openRoot(element: HTMLElement): ShadowRoot {
  const root = element.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [widgetStyle, standingStyle].map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
  return root;
}

type CardProps = { kind: Draft["kind"]; creative: CreativeText; words: Translate; site: string };

function Card({ kind, creative, words, site }: CardProps): VNode {
  const chat = kind === "chat";
  const card = readCreative({ kind, creative }, location.origin);
  const picture = pictureAt(creative.image ?? "");
  const title = card.title ?? (leadsToTalk(card) ? words("chatTitle") : null);
  const text = card.text ?? (chat ? words("chatText") : null);
  return (
    <section class={`card ${kind}`}>
      <header class="who">
        {chat ? <span class="face">{SOMEBODY.charAt(0)}</span> : null}
        {chat ? (
          <div class="name">
            <p>
              <strong>{SOMEBODY}</strong> · {site}
            </p>
            <p class="free">
              <span class="dot" />
              {words("freeNow")}
            </p>
          </div>
        ) : (
          <p class="site">{site}</p>
        )}
        <span class="bare">
          <Icon svg={Cross} size={20} />
        </span>
      </header>
      {title === null ? null : <h2>{title}</h2>}
      {text === null ? null : <p>{text}</p>}
      {picture === null ? null : (
        <ul class="thumbnails">
          <li>
            {picture.shown ? (
              <img src={picture.href} alt="" width={56} height={64} />
            ) : (
              <div class="picture" title={picture.host} />
            )}
          </li>
        </ul>
      )}
      {card.code === null ? null : (
        <div class="code">
          <code>{card.code}</code>
          <span class="quiet">
            <Icon svg={Copy} />
            {words("copy")}
          </span>
        </div>
      )}
      <div class="answers">
        <span class="main">{card.accept ?? words(acceptWord(card))}</span>
        <span class="plain">{card.decline ?? words("decline")}</span>
      </div>
      <footer>
        <span class="link">{words("never")}</span>
        <span class="link">{words("why")}</span>
      </footer>
    </section>
  );
}
