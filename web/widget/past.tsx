/**
 * The visitor's past conversations: a list with the day, who answered and the last line, and each of them as it was.
 *
 * Holds   on the device, the tokens of those that were over when a new one was begun; who is signed in has theirs
 *         everywhere. Errors: what does not come says so and can be asked for again.
 */
import type { ComponentChildren, VNode } from "preact";
import Back from "lucide-static/icons/chevron-left.svg?shapes";
import Next from "lucide-static/icons/chevron-right.svg?shapes";
import type { LogEvent } from "./conversation-log.ts";
import { useEffect, useRef, useState } from "./hooks.ts";
import { Icon } from "./icon.tsx";
import type { ChatScreen } from "./screen.ts";
import { conversationPath, fields, text } from "./server.ts";
import type { Row } from "./transcript-rows.ts";

export { default as style } from "./past.css?inline";

/** As many as the server is asked about at once. */
const MOST = 20;

/** Where the tokens lie; memory.ts lets go of them with the rest. */
const pastKey = (key: string): string => `aparte:${key}:past`;

type Item = { id: string; token: string; at: string; agent: string; last: string };
type Reading = { item: Item; screen: ChatScreen };
type Props = { screen: ChatScreen; top: ComponentChildren };

/** The conversation that is over can be read later on this device. */
export function keepPast({ conversation, page }: ChatScreen): void {
  const token = conversation.proof()?.token;
  if (token === undefined) return;
  try {
    const tokens = [...keptIn(page.key).filter((one) => one !== token), token].slice(-MOST);
    localStorage.setItem(pastKey(page.key), tokens.join(" "));
  } catch {
    // Refused by the browser: nothing is remembered.
  }
}

function keptIn(key: string): string[] {
  try {
    return (localStorage.getItem(pastKey(key)) ?? "").split(" ").filter(Boolean);
  } catch {
    return []; // refused by the browser
  }
}

export function Past({ screen, top }: Props): VNode {
  const { t } = screen.words;
  const [items, setItems] = useState<readonly Item[] | null>(null);
  const [reading, setReading] = useState<Reading | null>(null);
  const [failed, setFailed] = useState<Item | "list" | null>(null);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => void load(), []);
  useEffect(() => place.current?.focus(), [reading]);

  const Said = screen.chat.value?.Transcript;
  if (reading && Said) {
    return (
      <>
        <div class="past-head" ref={place} tabIndex={-1}>
          <button type="button" class="link back" onClick={() => setReading(null)}>
            <Icon of={Back} size={16} />
            {t("pastAll")}
          </button>
          <p class="small" dir="auto">
            {dayOf(reading.item, screen)}
          </p>
        </div>
        <Said screen={reading.screen}>{null}</Said>
      </>
    );
  }
  return (
    <div class="scroll ways past" ref={place} tabIndex={-1}>
      {top}
      {failed && (
        <p class="wrong" role="alert">
          {t("partFailed")}{" "}
          <button type="button" class="link" onClick={() => void (failed === "list" ? load() : read(failed))}>
            {t("try")}
          </button>
        </p>
      )}
      {items === null && !failed && <p role="status">{t("looking")}</p>}
      {items?.length === 0 && <p>{t("pastNone")}</p>}
      {items && items.length > 0 && (
        <ul aria-label={t("pastTitle")}>
          {items.map((item) => (
            <li key={item.id}>
              <button type="button" onClick={() => void read(item)}>
                <span>
                  <strong>
                    <bdi>{dayOf(item, screen)}</bdi>
                  </strong>
                  <small dir="auto">{item.last}</small>
                </span>
                <Icon of={Next} size={16} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );

  async function load(): Promise<void> {
    setFailed(null);
    try {
      setItems(await listOf(screen));
    } catch (failure) {
      console.warn("aparte: past", failure);
      setFailed("list");
    }
  }

  async function read(item: Item): Promise<void> {
    setFailed(null);
    try {
      setReading({ item, screen: await screenFor(screen, item) });
    } catch (failure) {
      console.warn("aparte: past", failure);
      setFailed(item);
    }
  }
}

/** "23 novembre 2026 à 10:00 · Léa Martin" */
function dayOf({ at, agent }: Item, { words }: ChatScreen): string {
  const day = new Intl.DateTimeFormat(words.tag, { dateStyle: "long", timeStyle: "short" });
  return [day.format(new Date(at)), agent].filter(Boolean).join(" · ");
}

async function listOf({ conversation, page, server }: ChatScreen): Promise<Item[]> {
  if (page.identityToken()) await (await import("./identity.ts")).freshIdentity(page);
  const identity = page.identityToken();
  const { items } = await server.call("POST", "/v1/conversations/past", {
    writeKey: page.key,
    anonymousId: page.visitor(),
    tokens: keptIn(page.key),
    ...(identity && { identity_token: identity }),
  });
  const here = conversation.proof()?.id;
  return (Array.isArray(items) ? items : [])
    .map((one) => {
      const { id, token, at, agent, last } = fields(one);
      return { id: text(id), token: text(token), at: text(at), agent: text(agent), last: text(last) };
    })
    .filter(({ id, at }) => id !== here && Number.isFinite(Date.parse(at)));
}

/** The screen as it would be in `item`'s conversation, in which nothing more happens. */
async function screenFor(screen: ChatScreen, { id, token }: Item): Promise<ChatScreen> {
  const { frameOf, rowsOf } = await import("./engine.ts");
  const answer = await screen.server.call(
    "GET",
    `${conversationPath(id)}/messages?after=0`,
    undefined,
    token,
  );
  const told: readonly unknown[] = Array.isArray(answer["events"]) ? answer["events"] : [];
  const events = told.flatMap((one): LogEvent[] => {
    const frame = frameOf(one);
    return frame?.type === "message" || frame?.type === "event" ? [frame] : [];
  });
  const still = <T,>(value: T) => ({ value });
  const rows = still<readonly Row[]>(rowsOf(events, [], 0));
  const { conversation } = screen;
  return {
    ...screen,
    conversation: {
      ...conversation,
      rows,
      typing: still(null),
      uploads: still(null),
      caughtUp: still(false),
      proof: () => ({ id, token }),
    },
  };
}
