/**
 * SiteDesk: one object per site, named by its key: who is online, who waits, who has which place.
 *
 * Holds   only its SQLite storage and the agents' sockets.
 * Wakes   for a frame of an agent, for a call of a Worker, a room or a visitor's object, and for its alarm.
 * Trusts  the `x-aparte-agent` header: only workers/routes/desk.ts can reach its socket.
 */
import { Server } from "partyserver";
import type { DeskStatus } from "../domain/desk/wire.ts";
import type { Confirmation } from "../domain/history/records.ts";
import type { EpochMs, SiteKey } from "../domain/ids.ts";
import type { SiteSettings } from "../domain/site/settings.ts";

export type Publication = {
  version: number;
  settings: SiteSettings;
  /** Agent id → the skills they serve. An agent who is absent or has none serves everything. */
  skills?: Record<string, string[]>;
};

export type LeaseRequest = { decisionId: string; skill: string | null; now: EpochMs };
export type Lease = { ok: true; agent: { id: string; name: string }; expiresAt: EpochMs } | { ok: false };

export type VisitorMove = {
  visitor: string;
  conversation: string;
  page: string | null;
  title: string | null;
  at: EpochMs;
};

export class SiteDesk extends Server<Env> {
  static override options = { hibernate: true };

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec("create table if not exists desk (id integer primary key, body text not null)");
  }

  /** What isolates keep for seconds: the configuration's version and whether somebody is there. */
  status(): DeskStatus {
    return {
      version: this.#published()?.version ?? 0,
      covered: false,
      staffed: false,
      free_slots: 0,
      waiting: 0,
      wait_seconds: null,
      skills: {},
    };
  }

  /** Learn the site's new version and settings; an older version than the known one changes nothing. */
  publish(publication: Publication): void {
    const known = this.#published();
    if (known !== null && known.version > publication.version) return;
    this.ctx.storage.sql.exec(
      "insert or replace into desk (id, body) values (1, ?)",
      JSON.stringify(publication),
    );
  }

  /** Hold one place that is free now for 60 s, for one decision; the same decision gets the same lease. */
  lease(_request: LeaseRequest): Lease {
    return { ok: false };
  }

  /** Whether the place held for this decision is still held. */
  leaseHeld(_decisionId: string): boolean {
    return false;
  }

  /** Give the decision's place back. */
  release(_decisionId: string): void {}

  /** Show the agent who has this visitor's conversation where the visitor is now. */
  visitorMoved(_move: VisitorMove): void {}

  /** Close every socket of a login whose role or password changed, and void its tickets. */
  async revokeUser(_person: { userId: string }): Promise<void> {}

  /** The queue's consumer has these records in D1. */
  confirm(_confirmations: Confirmation[]): void {}

  #published(): ({ site?: SiteKey } & Publication) | null {
    const row = this.ctx.storage.sql
      .exec<{ body: string }>("select body from desk where id = 1")
      .toArray()[0];
    return row === undefined ? null : (JSON.parse(row.body) as Publication);
  }
}
