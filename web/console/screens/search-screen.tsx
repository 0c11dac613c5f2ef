/** Search in what was said: words find conversations, the arrows walk through them, one opens beside the list. */
import { useSignal } from "@preact/signals";
import Search from "lucide-static/icons/search.svg?raw";
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { dateTime } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { Pages } from "../live/pages.ts";
import { readFound, type Found } from "../model/found.ts";
import type { ScreenProps } from "../navigation.ts";
import { BackToList } from "../parts/back-to-list.tsx";
import { sayOutcome } from "../parts/outcome.ts";
import { pathOf } from "../parts/page-path.ts";
import { go, place } from "../route.ts";
import { locale, t } from "../words.ts";
import { ListState, MoreButton } from "./follow-ups.tsx";
import { PastView } from "./past-pane.tsx";

const PAUSE_MS = 250;
/** A visitor of the past is nobody that this desk knows. */
const SOMEBODY = { name: null, place: null };

export function SearchScreen({ office }: ScreenProps): VNode {
  const words = useSignal("");
  const mine = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  const results = useRef<HTMLUListElement>(null);
  const [pages] = useState(() => new Pages(readFound));
  const { value } = place;
  const opened = value.name === "screen" ? value.id : null;

  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    const query = new URLSearchParams({ limit: "30" });
    if (words.value.trim() !== "") query.set("q", words.value.trim());
    else query.set("status", "closed");
    if (mine.value) query.set("agent", office.me.id);
    const ask = (): void => pages.open(`/api/sites/${office.site.key}/conversations?${query}`);
    const first = pages.state.peek().items === null;
    const pause = setTimeout(ask, first ? 0 : PAUSE_MS);
    return () => clearTimeout(pause);
  }, [words.value, mine.value]);

  /** The arrows go from the field into the results and back. */
  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0 || event.altKey) return;
    const all = [...(results.current?.querySelectorAll("button") ?? [])];
    const at = all.findIndex((button) => button === document.activeElement);
    event.preventDefault();
    if (at + step < 0) field.current?.focus();
    else all[Math.min(at + step, all.length - 1)]?.focus();
  }

  const { items, fault } = pages.state.value;
  return (
    <section class="pane side-pane search" data-opened={opened !== null} aria-labelledby="search-title">
      <div class="search-list" onKeyDown={onKeyDown}>
        <header class="side-head">
          <BackToList />
          <h2 class="title" id="search-title">
            {t("screen_search")}
          </h2>
        </header>
        <hr class="double-rule" />
        <form role="search" class="search-form" onSubmit={(event) => event.preventDefault()}>
          <label class="field">
            <span class="label">{t("search_words")}</span>
            <span class="search-field">
              <Icon svg={Search} />
              <input
                ref={field}
                type="search"
                value={words.value}
                onInput={(event) => (words.value = event.currentTarget.value)}
              />
            </span>
          </label>
          <label class="option">
            <input
              type="checkbox"
              checked={mine.value}
              onChange={(event) => (mine.value = event.currentTarget.checked)}
            />
            <span>{t("search_mine")}</span>
          </label>
        </form>
        <p class="eyebrow" role="status">
          {items === null
            ? ""
            : words.value.trim() === ""
              ? t("search_latest")
              : t("search_found", {
                  count: items.length,
                  more: pages.state.value.next === null ? "no" : "yes",
                })}
        </p>
        <ListState
          pages={pages}
          failed={t("search_failed")}
          empty={t("search_empty")}
          emptyText={t("search_empty_text")}
        />
        <ul ref={results} class={`found ${fault === null ? "" : "stale"}`}>
          {(items ?? []).map((found) => (
            <FoundLine key={found.id} found={found} agent={agentOf(found)} current={found.id === opened} />
          ))}
        </ul>
        <MoreButton pages={pages} />
      </div>
      {opened === null ? (
        <div class="search-nothing empty">
          <p>{t("search_choose")}</p>
        </div>
      ) : (
        <PastView
          key={opened}
          office={office}
          id={opened}
          who={SOMEBODY}
          back={t("back_to_results")}
          onBack={() => go({ name: "screen", screen: "search", id: null })}
        />
      )}
    </section>
  );

  function agentOf(found: Found): string | null {
    return office.desk.agents.value.find(({ id }) => id === found.agent)?.name ?? null;
  }
}

function FoundLine({
  found,
  agent,
  current,
}: {
  found: Found;
  agent: string | null;
  current: boolean;
}): VNode {
  return (
    <li>
      <button
        type="button"
        class="row-button"
        aria-current={current}
        onClick={() => go({ name: "screen", screen: "search", id: found.id })}
      >
        <span class="row-line">
          <strong class="row-name">{dateTime(locale.value, found.at)}</strong>
          <span class="note">{agent ?? (found.open ? t("past_open") : "")}</span>
        </span>
        {found.snippet.length === 0 ? null : (
          <span class="snippet">
            {found.snippet.map((piece, at) => (piece.hit ? <mark key={at}>{piece.text}</mark> : piece.text))}
          </span>
        )}
        <span class="row-line note">
          <span class="row-preview">{pathOf(found.page) ?? ""}</span>
          <span>
            {found.outcome === null ? "" : `${sayOutcome(found.outcome)} · `}
            {t("messages_count", { count: found.messages })}
          </span>
        </span>
      </button>
    </li>
  );
}
