/**
 * An invitation: what its card says, and what becomes of it.
 *
 * Holds   the card's moment of expiry and whether it was taken; the decision itself is the screen's.
 */
import type { Decision } from "../../domain/targeting/decision.ts";
import type { PageLink } from "../shared/widget-mount.ts";
import { type Cell, cell, derived } from "./cell.ts";
import type { Conversation } from "./conversation.ts";
import { type Card, leadsToTalk, readCreative } from "./creative.ts";
import type { Leaving, View } from "./screen.ts";
import type { Availability, Standing } from "./server.ts";

/** What of the screen an invitation moves. */
export type Inviting = {
  page: PageLink;
  view: Cell<View>;
  decision: Cell<Decision | null>;
  available: Cell<Availability | null>;
  leaving: Cell<Leaving>;
  asked: Cell<boolean>;
  /** Decisions that are done with. */
  judged: Set<string>;
  talk(): Promise<Conversation>;
  look(): Promise<void>;
  showPanel(): void;
  turnAway(instead: Standing): void;
  isTalking(): boolean;
};

export type Invitation = {
  card: { readonly value: Card | null };
  copied: Cell<boolean>;
  /** The decision that the visitor accepted to talk, if any. */
  accepted(): string | null;
  forget(): void;
  begin(next: Decision): void;
  withdraw(): void;
  dismiss(remains: View): void;
  shown(): void;
  accept(): Promise<void>;
  decline(forever: boolean): void;
  /** Copy the offer's code, by the visitor's hand. */
  clickCode(): Promise<void>;
  /** Close a card whose offer was taken. */
  finish(): void;
};

const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function invitationOf(screen: Inviting): Invitation {
  const { available, decision, leaving, page, view } = screen;
  const copied = cell(false);
  const card = derived([decision], (shown) => (shown ? readCreative(shown, location.href) : null));
  let expiry: ReturnType<typeof setTimeout> | undefined;
  let accepted: string | null = null;
  /** The card was accepted and stays a moment: its decision is no longer open, and nobody takes it back. */
  let taking = false;

  function engage(name: "Shown" | "Accepted" | "Declined" | "Clicked" | "Ignored", more?: object): void {
    const shown = decision.value;
    if (shown) page.send(`Engagement ${name}`, { decision_id: shown.id, ...more });
  }

  /** The card goes; what remains is the launcher, or nothing where the visitor or the campaign wants nothing. */
  function dismiss(remains: View): void {
    clearTimeout(expiry);
    const alone = card.value?.alone === true && remains === "launcher";
    if (decision.value) screen.judged.add(decision.value.id);
    decision.value = null;
    copied.value = false;
    taking = false;
    if (view.value === "card") view.value = alone ? "none" : remains;
  }

  async function copy(code: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(code);
    } catch {
      // The clipboard may be refused; the code stays on the card, to be selected.
    }
    copied.value = true;
  }

  async function accept(): Promise<void> {
    const shown = decision.value;
    const wanted = card.value;
    if (!shown || !wanted || taking) return;
    taking = true;
    engage("Accepted");
    page.on("accepted", { id: shown.id });
    clearTimeout(expiry);
    if (wanted.code !== null) {
      await copy(wanted.code);
      if (wanted.link !== null) location.assign(wanted.link);
      return;
    }
    if (wanted.link !== null) {
      engage("Clicked");
      dismiss("launcher");
      location.assign(wanted.link);
      return;
    }
    if (!leadsToTalk(wanted)) return dismiss("launcher");
    await beginToTalk(shown.id);
  }

  async function beginToTalk(id: string): Promise<void> {
    accepted = id;
    screen.asked.value = true;
    const [talking] = await Promise.all([screen.talk(), screen.look()]);
    dismiss("launcher");
    screen.showPanel();
    // A place was kept for this visitor, so "busy" is not about them; "closed" is.
    if (available.value?.state === "closed") {
      leaving.value = true;
      return;
    }
    const lost = await talking.open(id);
    // It is gone after all: the wait, or another way, is the visitor's choice; what they typed stays.
    if (lost) screen.turnAway(lost);
  }

  return {
    card,
    copied,
    accept,
    dismiss,
    accepted: () => accepted,
    forget: () => void (accepted = null),

    begin(next: Decision): void {
      if (view.value === "panel" || screen.isTalking()) return;
      clearTimeout(expiry);
      decision.value = next;
      view.value = "card";
      expiry = setTimeout(
        () => {
          engage("Ignored");
          dismiss("launcher");
        },
        Math.min(Date.parse(next.expires_at) - Date.now(), LONGEST_TIMER_MS),
      );
      page.on("decision", { id: next.id, kind: next.kind });
    },

    withdraw(): void {
      if (!taking) dismiss(screen.isTalking() ? "launcher" : "none");
    },

    shown(): void {
      engage("Shown");
      page.on("shown", { id: decision.value?.id });
    },

    decline(forever: boolean): void {
      const shown = decision.value;
      if (!shown) return;
      engage("Declined", forever ? { forever: true } : {});
      page.on("declined", { id: shown.id, forever });
      dismiss(forever ? "none" : "launcher");
    },

    async clickCode(): Promise<void> {
      engage("Clicked");
      await accept();
    },

    finish(): void {
      dismiss("launcher");
    },
  };
}
