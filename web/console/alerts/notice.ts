/**
 * What the console's page and its service worker tell each other. Types alone: the worker shares no code with the page.
 *
 * Shapes  a `PushNotice` is what a push carries (`domain/push/notice.ts`).
 */
import type { PushNotice } from "../../../domain/push/notice.ts";

/** From the page: show this; an offer is taken, its notification may go. */
export type ToWorker = { type: "show"; notice: PushNotice } | { type: "taken"; conversation: string };
/** From the worker: somebody clicked the notification of this conversation. */
export type ToPage = { type: "clicked"; conversation: string | null };
