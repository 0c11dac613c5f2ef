/**
 * ChatRoom: one object per conversation, named by its id: the one ordered log of what was said.
 */
import { Server } from "partyserver";
import type { Confirmation } from "../domain/history/records.ts";

export class ChatRoom extends Server<Env> {
  static override options = { hibernate: true };

  /** The queue's consumer has these records in D1. */
  confirm(_confirmations: Confirmation[]): void {}
}
