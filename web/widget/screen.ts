/**
 * What the widget shows now, and the few steps between its faces: card, panel, launcher, nothing.
 *
 * Holds   cells only; drawing is the components' business, talking is the conversation's, inviting the invitation's.
 */
import type { Decision } from "../../domain/targeting/decision.ts";
import { TRY_OUT_ID } from "../../domain/targeting/try-out-id.ts";
import type { PageLink } from "../shared/widget-mount.ts";
import { cell, derived } from "./cell.ts";
import type { Conversation } from "./conversation.ts";
import { invitationOf } from "./invitation.ts";
import { lookAgain } from "./look-again.ts";
import { memoryOf } from "./memory.ts";
import { pageContentOf } from "./page-content.ts";
import { type Availability, serverOf, type Standing } from "./server.ts";
import type { Words } from "./words.ts";

export type View = "none" | "card" | "panel" | "launcher";
/** Another way than the chat is looked at; `past` and `call` beside it, on the visitor's wish. */
export type Leaving = boolean | "past" | "call";
export type Screen = ReturnType<typeof screenOf>;
/** The screen once its conversation is loaded: what the panel draws from. */
export type ChatScreen = Screen & { conversation: Conversation };

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The page's link, the words, and the way to add a stylesheet to the widget's root. */
export function screenOf(page: PageLink, words: Words, addStyle: (css: string) => void) {
  const server = serverOf(page, words.locale);
  const memory = memoryOf(page.key);
  /** The chat's own code comes only when somebody chats. */
  const chat = cell<Awaited<ReturnType<typeof loadChat>> | null>(null);
  const conversation = cell<Conversation | null>(null);
  const view = cell<View>("none");
  const decision = cell<Decision | null>(null);
  const available = cell<Availability | null>(null);
  const leaving = cell<Leaving>(false);
  /** True once the visitor asked for the panel: only then may focus move into it. */
  const asked = cell(false);
  /** True once the visitor put the panel away themselves: then the launcher takes the focus. */
  const focusBack = cell(false);
  const judged = new Set<string>();
  const content = pageContentOf(page, (id) => judged.add(id));
  /** The decision whose moment to be shown is still to come. */
  let coming: { id: string; timer: ReturnType<typeof setTimeout> } | null = null;

  const fail = (failure: unknown): void => page.on("error", { message: String(failure) });

  function cancelComing(): void {
    clearTimeout(coming?.timer);
    coming = null;
  }

  async function look(): Promise<void> {
    try {
      available.value = await server.availability();
    } catch (failure) {
      // Unknown is not closed: the conversation itself will say what is possible.
      console.warn(failure);
    }
  }

  async function loadChat() {
    return await import("./chat.ts");
  }

  async function talk(): Promise<Conversation> {
    if (!chat.value) {
      const loaded = await loadChat();
      if (!chat.value) addStyle(loaded.style);
      chat.value ??= loaded;
    }
    conversation.value ??= chat.value.conversationOf(page, server, memory, turnAway);
    return conversation.value;
  }

  /** No conversation can begin now: what can be done instead. What was written is in the field again. */
  function turnAway(instead: Standing): void {
    available.value = { name: "", timezone: "", ...available.value, ...instead };
    leaving.value = instead.state !== "online";
  }

  function isTalking(): boolean {
    return conversation.value?.phase.value === "live";
  }

  function showPanel(): void {
    view.value = "panel";
    memory.keepOpen(true);
    page.on("open");
  }

  async function openPanel(): Promise<void> {
    const talking = await talk();
    showPanel();
    if (talking.phase.value === "none" && !talking.resume()) {
      const before = leaving.value;
      await look();
      const { actions = ["chat"] } = available.value ?? {};
      // Somebody who has gone elsewhere meanwhile stays there.
      if (leaving.value === before)
        leaving.value = actions[0] !== "chat" && !(actions.length === 1 && actions[0] === "queue");
    }
  }

  const shared = {
    page,
    view,
    decision,
    available,
    leaving,
    asked,
    judged,
    talk,
    look,
    showPanel,
    turnAway,
    isTalking,
  };
  const invitation = invitationOf(shared);
  return {
    ...shared,
    invitation,
    server,
    memory,
    chat,
    /** The conversation, once its code is there. */
    talking: conversation,
    words,
    focusBack,
    addStyle,
    site: derived([available], (known) => known?.name || location.hostname),
    /** The site wants nothing to be shown now; a conversation that lives goes on. */
    hidden: derived([available], (known) => known?.actions[0] === "hide"),

    /** Ask again how things stand, and call `then`, as long as something on screen depends on it. */
    keepLooking: (then?: () => void): (() => void) => lookAgain(() => void look().then(then)),

    show(next: Decision): void {
      if (next.id === decision.value?.id || next.id === coming?.id || judged.has(next.id)) return;
      cancelComing();
      const waitMs = Date.parse(next.show_at ?? "") - Date.now();
      if (waitMs > 0) {
        const timer = setTimeout(
          () => {
            coming = null;
            this.show(next);
          },
          Math.min(waitMs, LONGEST_TIMER_MS),
        );
        coming = { id: next.id, timer };
        return;
      }
      if (next.kind === "content" && next.creative["slot"]) {
        content.fill(next).catch(fail);
        return;
      }
      if (view.value === "panel" || isTalking() || memory.conversation() !== null) return;
      if (Date.parse(next.expires_at) > Date.now()) invitation.begin(next);
    },

    /** A newer answer no longer names the decision: it was taken back, and nobody is told anything. */
    withdraw(): void {
      cancelComing();
      if (decision.value?.id.startsWith(TRY_OUT_ID)) return;
      invitation.withdraw();
    },

    async open(): Promise<void> {
      cancelComing();
      invitation.dismiss("none");
      asked.value = true;
      await openPanel();
    },

    minimise(): void {
      if (view.value !== "panel") return;
      memory.keepOpen(false);
      focusBack.value = asked.value;
      view.value = "launcher";
      page.on("close");
    },

    /** Wait for an answer here after all. */
    async stay(): Promise<void> {
      leaving.value = false;
      await (await talk()).open(invitation.accepted());
    },

    /** Another way than to wait here: what was written goes along. */
    async leave(): Promise<void> {
      await (await talk()).takeBack();
      leaving.value = true;
    },

    async startAgain(): Promise<void> {
      (await talk()).forget();
      invitation.forget();
      await openPanel();
    },

    /** Another tab opened a conversation: it is this tab's too. */
    async join(): Promise<void> {
      if ((await talk()).resume() && view.value === "none") view.value = "launcher";
    },

    /** Remove what the page remembers of this visitor. */
    forget(): void {
      invitation.dismiss("none");
      cancelComing();
      content.clear();
      conversation.value?.forget();
      memory.clear();
    },

    /** Take up what is remembered: the panel if it was open, else the launcher. Without a memory, wait to be told. */
    async begin(): Promise<void> {
      if (memory.conversation() !== null && (await talk()).resume() && view.value === "none") {
        view.value = memory.wasOpen() ? "panel" : "launcher";
      }
      await look();
    },
  };
}
