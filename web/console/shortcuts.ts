/**
 * The keys of the console. Keys of one letter work outside of fields only, and can be turned off, since speech
 * input types letters by accident (WCAG 2.1.4).
 */
import { signal } from "@preact/signals";

const KEYS_KEY = "aparte:single-keys";

/** Whether keys of one letter act. */
export const singleKeys = signal(localStorage.getItem(KEYS_KEY) !== "off");

/** Turn keys of one letter on or off, and remember it. */
export function setSingleKeys(on: boolean): void {
  singleKeys.value = on;
  localStorage.setItem(KEYS_KEY, on ? "on" : "off");
}

export type Act =
  | "take"
  | "reply"
  | "note"
  | "transfer"
  | "conclude"
  | "hold"
  | "consult"
  | "attach"
  | "card"
  | "search"
  | "help"
  | "canned"
  | "next"
  | "previous";

/** What the help sheet lists: the keys as printed on them, and the key of the words. */
export const SHORTCUTS: readonly { keys: readonly string[]; words: string }[] = [
  { keys: ["N"], words: "key_take" },
  { keys: ["Alt", "↓"], words: "key_next" },
  { keys: ["Alt", "↑"], words: "key_previous" },
  { keys: ["R"], words: "key_reply" },
  { keys: ["I"], words: "key_note" },
  { keys: ["T"], words: "key_transfer" },
  { keys: ["V"], words: "key_consult" },
  { keys: ["H"], words: "key_hold" },
  { keys: ["A"], words: "key_attach" },
  { keys: ["P"], words: "key_card" },
  { keys: ["C"], words: "key_conclude" },
  { keys: ["F"], words: "key_search" },
  { keys: ["/"], words: "key_canned" },
  { keys: ["↵"], words: "key_send" },
  { keys: ["⇧", "↵"], words: "key_line" },
  { keys: ["Esc"], words: "key_leave" },
  { keys: ["?"], words: "key_help" },
];

const LETTERS: Readonly<Record<string, Act>> = {
  n: "take",
  r: "reply",
  i: "note",
  t: "transfer",
  c: "conclude",
  f: "search",
  h: "hold",
  v: "consult",
  a: "attach",
  p: "card",
  "?": "help",
  "/": "canned",
};

/** What `event` asks for, or null. */
export function actOf(event: KeyboardEvent): Act | null {
  if (event.defaultPrevented || event.isComposing || document.querySelector("wa-dialog[open]") !== null)
    return null;
  if (event.altKey && !event.ctrlKey && !event.metaKey) {
    if (event.key === "ArrowDown") return "next";
    return event.key === "ArrowUp" ? "previous" : null;
  }
  if (event.ctrlKey || event.metaKey || !singleKeys.value || isField(event.target)) return null;
  return LETTERS[event.key.toLowerCase()] ?? null;
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest("input, textarea, select, wa-dropdown-item") !== null)
  );
}
