/** What a visitor can be offered, and what is usual by who is at the desk: the names, without their schemas. */

/** `chat` is answered at once, `queue` after a wait; `hide` shows nothing at all, so it stands alone. */
export const ACTIONS = ["chat", "queue", "message", "callback", "faq", "hide"] as const;
export type Action = (typeof ACTIONS)[number];

export const DESK_STATES = ["online", "busy", "closed"] as const;
export type DeskState = (typeof DESK_STATES)[number];

export const USUAL_ACTIONS: Readonly<Record<DeskState, readonly Action[]>> = {
  online: ["chat"],
  busy: ["queue", "message", "callback", "faq"],
  closed: ["message", "callback", "faq"],
};
