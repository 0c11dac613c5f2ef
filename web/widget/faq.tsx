/** The site's published answers: found by words, read here. */
import { useEffect, useRef, useState } from "./hooks.ts";
import type { ComponentChildren, VNode } from "preact";
import Back from "lucide-static/icons/chevron-left.svg?shapes";
import Next from "lucide-static/icons/chevron-right.svg?shapes";
import { Icon } from "./icon.tsx";
import { Article } from "./article.tsx";
import type { ChatScreen } from "./screen.ts";
import { fields, text } from "./server.ts";

const SEARCH_AFTER_MS = 250;

type Found = { id: string; title: string; excerpt: string };
/** `write`: to the form for a message, where there is one. */
type Props = { screen: ChatScreen; top: ComponentChildren; write: (() => void) | null };

export function Faq({ screen, top, write }: Props): VNode {
  const { t } = screen.words;
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<Found[] | "failed" | null>(null);
  const [open, setOpen] = useState<Found | null>(null);
  const [tries, setTries] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    let stale = false;
    const timer = setTimeout(
      () => {
        search(screen, query).then(
          (items) => !stale && setFound(items),
          (failure: unknown) => {
            console.warn("aparte: articles", failure);
            if (!stale) setFound("failed");
          },
        );
      },
      query === "" ? 0 : SEARCH_AFTER_MS,
    );
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [query, tries]);
  useEffect(() => heading.current?.focus(), [open]);

  /** What was looked for in vain is what the message begins with, where nothing is written yet. */
  const ask = (go: () => void): void => {
    const { draft } = screen.conversation;
    draft.value ||= query.trim();
    go();
  };

  if (open) {
    return (
      <div class="scroll faq">
        <button type="button" class="link back" onClick={() => setOpen(null)}>
          <Icon of={Back} size={16} />
          {t("allAnswers")}
        </button>
        <h3 ref={heading} tabIndex={-1}>
          {open.title}
        </h3>
        <Article screen={screen} id={open.id} />
        {write && (
          <p class="after">
            <button type="button" class="link" onClick={write}>
              {t("notAnswered")}
            </button>
          </p>
        )}
      </div>
    );
  }
  return (
    <div class="scroll faq ways">
      {top}
      <label class="labelled">
        <span>{t("search")}</span>
        <input
          type="search"
          maxLength={200}
          enterkeyhint="search"
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
      </label>
      <p class="unseen" role="status">
        {Array.isArray(found) && query !== "" ? t("found", { count: found.length }) : ""}
      </p>
      {found === "failed" && (
        <p class="wrong" role="alert">
          {t("notFound")}{" "}
          <button type="button" class="link" onClick={() => setTries(tries + 1)}>
            {t("try")}
          </button>
        </p>
      )}
      {Array.isArray(found) && found.length === 0 && (
        <p>
          {t("noAnswers")}{" "}
          {write && (
            <button type="button" class="link" onClick={() => ask(write)}>
              {t("notAnswered")}
            </button>
          )}
        </p>
      )}
      {Array.isArray(found) && (
        <ul>
          {found.map((one) => (
            <li key={one.id}>
              <button type="button" onClick={() => setOpen(one)}>
                <span>
                  <strong>{one.title}</strong>
                  <small>{one.excerpt}</small>
                </span>
                <Icon of={Next} size={16} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

async function search({ server }: ChatScreen, query: string): Promise<Found[]> {
  const { items } = await server.ask("/v1/articles", query.trim() === "" ? {} : { q: query.trim() });
  return (Array.isArray(items) ? items : []).map(fields).map((one) => {
    return { id: text(one["id"]), title: text(one["title"]), excerpt: text(one["excerpt"]) };
  });
}
