/** The invitation card as the widget draws it: its face, its sizes, its own words where the campaign has none. */
import Cross from "lucide-static/icons/x.svg?raw";
import type { VNode } from "preact";
import type { CreativeText } from "../../../domain/targeting/campaign.ts";
import { Icon } from "../../shared/icon.tsx";
import { t } from "../session.ts";
import { useSite } from "../site.ts";
import type { Draft } from "./draft.ts";

/** The widget's words for what a campaign leaves out, in the visitor's language, not the reader's. */
const WORDS = {
  fr: {
    advisor: "conseil",
    free: "Disponible maintenant",
    chatTitle: "Une question ?",
    chatText: "Écrivez-nous, nous répondons ici même.",
    accept: "Discuter",
    discover: "Voir",
    decline: "Non merci",
    never: "Ne plus me le proposer",
    why: "Pourquoi ce message ?",
  },
  en: {
    advisor: "advisor",
    free: "Available now",
    chatTitle: "A question?",
    chatText: "Write to us, we answer right here.",
    accept: "Chat",
    discover: "See",
    decline: "No thanks",
    never: "Don’t suggest this again",
    why: "Why this message?",
  },
} as const;

export function CardPreview({
  kind,
  creative,
  language,
  phone,
}: {
  kind: Draft["kind"];
  creative: CreativeText;
  language: "fr" | "en";
  phone: boolean;
}): VNode {
  const site = useSite();
  const words = WORDS[language];
  const text = creative.text ?? (kind === "chat" ? words.chatText : "");
  return (
    <div class={phone ? "preview phone" : "preview"} role="img" aria-label={t("preview")}>
      {/* A picture of the card: its buttons are not for pressing. */}
      <div class="card" lang={language} inert>
        <div class="card-who">
          {kind === "chat" ? <span class="card-face">L</span> : null}
          <p>
            {kind === "chat" ? (
              <>
                <strong>Léa</strong> · {words.advisor}
                <span class="card-free">{words.free}</span>
              </>
            ) : (
              site.name
            )}
          </p>
          <Icon svg={Cross} size={20} />
        </div>
        <p class="card-title">{creative.title ?? words.chatTitle}</p>
        {text === "" ? null : <p class="card-text">{text}</p>}
        {kind === "offer" && creative.code !== undefined ? <p class="card-code">{creative.code}</p> : null}
        <div class="card-answers">
          <span class="card-main">
            {creative.accept ?? (creative.link === undefined ? words.accept : words.discover)}
          </span>
          <span class="card-plain">{creative.decline ?? words.decline}</span>
        </div>
        <div class="card-foot">
          <span>{words.never}</span>
          <span>{words.why}</span>
        </div>
      </div>
    </div>
  );
}
