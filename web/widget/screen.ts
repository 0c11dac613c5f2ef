/**
 * What the widget shows now, and the few steps between its faces: card, panel, launcher, nothing.
 *
 * Holds   cells only; drawing is the components' business, talking is the conversation's.
 */
import type { Decision } from "../../domain/targeting/decision.ts";
import { TRY_OUT_ID } from "../../domain/targeting/try-out-id.ts";
import type { PageLink } from "../shared/widget-mount.ts";
import { cell, derived } from "./cell.ts";
import type { Conversation } from "./conversation.ts";
import { leadsToTalk, readCreative } from "./creative.ts";
import { memoryOf } from "./memory.ts";
import { pageContentOf } from "./page-content.ts";
import type { Availability } from "./server.ts";
import { serverOf } from "./server.ts";
import type { Words } from "./words.ts";

export type View = "none" | "card" | "panel" | "launcher";
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
  const leaving = cell(false);
  const copied = cell(false);
  /** True once the visitor asked for the panel: only then may focus move into it. */
  const asked = cell(false);
  /** True once the visitor put the panel away themselves: then the launcher takes the focus. */
  const focusBack = cell(false);
  const judged = new Set<string>();
  const content = pageContentOf(page, (id) => judged.add(id));
  let expiry: ReturnType<typeof setTimeout> | undefined;
  /** The decision whose moment to be shown is still to come. */
  let coming: { id: string; timer: ReturnType<typeof setTimeout> } | null = null;
  let accepted: string | null = null;
  /** The card was accepted and stays a moment: its decision is no longer open, and nobody takes it back. */
  let taking = false;

  const creative = derived([decision], (shown) => (shown ? readCreative(shown, location.href) : null));

  function engage(name: "Shown" | "Accepted" | "Declined" | "Clicked" | "Ignored", more?: object): void {
    const shown = decision.value;
    if (shown) page.send(`Engagement ${name}`, { decision_id: shown.id, ...more });
  }

  /** The card goes; what remains is the launcher, or nothing where the visitor wants nothing. */
  function dismiss(remains: View): void {
    clearTimeout(expiry);
    if (decision.value) judged.add(decision.value.id);
    decision.value = null;
    copied.value = false;
    taking = false;
    if (view.value === "card") view.value = remains;
  }

  function cancelComing(): void {
    clearTimeout(coming?.timer);
    coming = null;
  }

  async function look(): Promise<void> {
    try {
      available.value = await server.availability();
    } catch (failure) {
      // Unknown is not closed: the conversation itself will say what is possible.
      console.warn("aparte: availability", failure);
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
    conversation.value ??= chat.value.conversationOf(page, server, memory);
    return conversation.value;
  }

  function isTalking(): boolean {
    return conversation.value?.phase.value === "live";
  }

  async function openPanel(): Promise<void> {
    const talking = await talk();
    view.value = "panel";
    memory.keepOpen(true);
    page.on("open");
    if (talking.phase.value === "none" && !talking.resume()) {
      await look();
      leaving.value = available.value !== null && available.value.state !== "online";
    }
  }

  return {
    page,
    server,
    memory,
    chat,
    talk: conversation,
    words,
    view,
    decision,
    creative,
    available,
    leaving,
    copied,
    asked,
    focusBack,
    site: derived([available], (known) => known?.name || location.hostname),
    look,

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
        content.fill(next).catch((failure: unknown) => page.on("error", { message: String(failure) }));
        return;
      }
      if (view.value === "panel" || isTalking() || memory.conversation() !== null) return;
      const left = Date.parse(next.expires_at) - Date.now();
      if (left <= 0) return;
      clearTimeout(expiry);
      decision.value = next;
      view.value = "card";
      expiry = setTimeout(
        () => {
          engage("Ignored");
          dismiss("launcher");
        },
        Math.min(left, LONGEST_TIMER_MS),
      );
      page.on("decision", { id: next.id, kind: next.kind });
    },

    /** A newer answer no longer names the decision: it was taken back, and nobody is told anything. */
    withdraw(): void {
      cancelComing();
      if (decision.value?.id.startsWith(TRY_OUT_ID)) return;
      if (!taking) dismiss(isTalking() ? "launcher" : "none");
    },

    shown(): void {
      engage("Shown");
      page.on("shown", { id: decision.value?.id });
    },

    async accept(): Promise<void> {
      const shown = decision.value;
      const card = creative.value;
      if (!shown || !card || taking) return;
      taking = true;
      engage("Accepted");
      page.on("accepted", { id: shown.id });
      clearTimeout(expiry);
      if (card.code !== null) {
        await copy(card.code);
        if (card.link !== null) location.assign(card.link);
        return;
      }
      if (card.link !== null) {
        engage("Clicked");
        dismiss("launcher");
        location.assign(card.link);
        return;
      }
      if (!leadsToTalk(card)) return dismiss("launcher");
      accepted = shown.id;
      asked.value = true;
      const [talking] = await Promise.all([talk(), look()]);
      dismiss("launcher");
      view.value = "panel";
      memory.keepOpen(true);
      page.on("open");
      // A place was kept for this visitor, so "busy" is not about them; "closed" is.
      if (available.value?.state === "closed") {
        leaving.value = true;
        return;
      }
      const lost = await talking.open(accepted);
      if (!lost) return;
      // It is gone after all: the wait, or another way, is the visitor's choice; what they typed stays.
      available.value = { name: "", ...available.value, ...lost };
      leaving.value = lost.state !== "online";
    },

    decline(forever: boolean): void {
      const shown = decision.value;
      if (!shown) return;
      engage("Declined", forever ? { forever: true } : {});
      page.on("declined", { id: shown.id, forever });
      dismiss(forever ? "none" : "launcher");
    },

    /** Copy the offer's code, by the visitor's hand. */
    async clickCode(): Promise<void> {
      engage("Clicked");
      await this.accept();
    },

    /** Close a card whose offer was taken. */
    finish(): void {
      dismiss("launcher");
    },

    async open(): Promise<void> {
      dismiss("none");
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
      await (await talk()).open(accepted);
    },

    leave(): void {
      leaving.value = true;
    },

    async startAgain(): Promise<void> {
      (await talk()).forget();
      accepted = null;
      await openPanel();
    },

    /** Another tab opened a conversation: it is this tab's too. */
    async join(): Promise<void> {
      if ((await talk()).resume() && view.value === "none") view.value = "launcher";
    },

    /** Remove what the page remembers of this visitor. */
    forget(): void {
      clearTimeout(expiry);
      cancelComing();
      content.clear();
      conversation.value?.forget();
      memory.forget();
      memory.keepRequest(null);
      memory.keepDraft("");
      memory.keepOpen(false);
    },

    /** Take up what is remembered: the panel if it was open, else the launcher. Without a memory, wait to be told. */
    async begin(): Promise<void> {
      if (memory.conversation() !== null && (await talk()).resume() && view.value === "none") {
        view.value = memory.wasOpen() ? "panel" : "launcher";
      }
      await look();
    },
  };

  async function copy(code: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(code);
    } catch {
      // The clipboard may be refused; the code stays on the card, to be selected.
    }
    copied.value = true;
  }
}
