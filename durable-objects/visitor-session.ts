/**
 * VisitorSession: one object per site and visitor, named `{site}:{visitor}`.
 *
 * Holds   only `#store` (SQLite); that an engagement is being decided is remembered for some seconds only.
 * Wakes   for a beacon, for the queue's consumer that confirms, and for its alarm, which sends the outbox again and
 *         ends a silent visit.
 * Trusts  its callers: only the Worker reaches it, with the site from the credential.
 */
import { DurableObject } from "cloudflare:workers";
import { uuidv7 } from "uuidv7";
import type { CallOutcome } from "../domain/availability/callback.ts";
import type { Event } from "../domain/events/event.ts";
import type { Confirmation, RecordOf } from "../domain/history/records.ts";
import type { EpochMs } from "../domain/ids.ts";
import { type InvitationRequest, inviteVisitor, type NotNow } from "../domain/live/invitation.ts";
import { REPORT_EVERY_MS } from "../domain/live/visit-report.ts";
import { type TraceSource, traceSourceOf } from "../domain/targeting/trace.ts";
import {
  guidanceOf,
  endConversation,
  openConversation,
  type ConversationRequest,
  type Ended,
  type Guidance,
  type OpenedConversation,
} from "../domain/visit/conversation.ts";
import { openDecision } from "../domain/visit/engagement.ts";
import { clocksOf, type KnownFacts, knownFacts } from "../domain/visit/known.ts";
import { notedIn } from "../domain/visit/notes.ts";
import { queueWaiting } from "../domain/visit/outgoing.ts";
import { partsVisit, recordEvents } from "../domain/visit/record.ts";
import { SeenMessages } from "../domain/visit/seen.ts";
import { snapshotOf, type VisitorSnapshot } from "../domain/visit/snapshot.ts";
import { ALL_DUE } from "../domain/visit/settled.ts";
import { spokenFacts } from "../domain/visit/spoken.ts";
import { isOver, newVisitor, viewOf } from "../domain/visit/state.ts";
import {
  type EngageAnswer,
  type EngageRequest,
  VisitorSessionEngagement,
} from "./visitor-session-engagement.ts";
import {
  type Batch,
  readBatch,
  readContext,
  type RecordAnswer,
  type SiteContext,
} from "./visitor-session-call.ts";
import { VisitorSessionOutbox } from "./visitor-session-outbox.ts";
import { VisitorSessionStore } from "./visitor-session-store.ts";

/** The platform rings an alarm that fails six times anew; at the last but one this is seen to here. */
const LAST_RETRY = 5;
/** Long past: it rings at once, and stands before everything that is owed. */
const AT_ONCE: EpochMs = 1;

export class VisitorSession extends DurableObject<Env> {
  readonly #store = new VisitorSessionStore(this.ctx.storage);
  readonly #outbox = new VisitorSessionOutbox(this.ctx, this.env, this.#store);
  readonly #engagement = new VisitorSessionEngagement(this.env, this.#store, this.#outbox);
  /** When the list of live visitors last heard of this visit; forgotten with the object, which then tells it once more. */
  #reportedAt: EpochMs = -Infinity;

  /** Take a batch: one row, whatever it held; none where everything was known already. */
  async record(contextText: string, batchText: string): Promise<string> {
    await this.#store.open();
    return JSON.stringify(await this.#record(readContext(contextText), readBatch(batchText)));
  }

  async #record(context: SiteContext, batch: Batch): Promise<RecordAnswer> {
    const { now, events, viewId } = batch;
    const loaded = this.#store.load();
    const before = loaded?.state ?? newVisitor(context.site, batch.visitor, now);
    const seen = loaded?.seen ?? new SeenMessages();
    const fresh = events.filter((event, index) => !seen.has(event.id) && firstOf(events, event.id) === index);
    const opens =
      before.visit === null || isOver(before.visit, context.idleMs, now) || partsVisit(before, batch.staff);
    const visitId = opens ? `ses_${uuidv7()}` : "";
    const recorded = recordEvents(before, fresh, { ...context, ...batch, visitId });
    if (recorded.state !== before) {
      const keep = fresh.filter((event) => event.name !== "Wake").map((event) => event.id);
      await this.#outbox.keep(
        recorded.state,
        before,
        keep.length === 0 ? seen : seen.with(keep),
        context.idleMs,
        now,
      );
    }
    const { state } = recorded;
    return {
      rejected: recorded.rejected,
      released: recorded.released,
      fresh: fresh.map((event) => event.id),
      facts: knownFacts(state, viewId, now),
      clocks: clocksOf(state, viewId),
      open: openDecision(state, now)?.decision ?? null,
      exposures: state.exposures,
      sessionId: state.visit?.id ?? null,
      globalHoldout: state.visit?.globalHoldout ?? false,
      view: viewOf(state.visit, viewId)?.id ?? null,
      marked: { eligible: state.visit?.eligible ?? false, covered: state.visit?.covered ?? false },
      noted: notedIn(state),
      proven: batch.provenUser !== null && batch.provenUser === state.userId,
      test: state.visit?.test ?? null,
      staff: state.staff !== undefined,
      conversation: state.conversation?.id ?? null,
      provenName: state.provenName ?? null,
      reports: context.watched && batch.shows && this.#mayReport(now),
    };
  }

  /** At most once in `REPORT_EVERY_MS`, whatever isolate asks. */
  #mayReport(now: EpochMs): boolean {
    if (now - this.#reportedAt < REPORT_EVERY_MS) return false;
    this.#reportedAt = now;
    return true;
  }

  /** An agent asks the visitor to talk; the page is told with its next answer. (Called by the site's desk.) */
  async invite(request: InvitationRequest): Promise<{ ok: true } | { ok: false; reason: NotNow }> {
    await this.#store.open();
    const loaded = this.#store.load();
    if (loaded === null) return { ok: false, reason: "gone" };
    const invited = inviteVisitor(loaded.state, request);
    if (!invited.ok) return invited;
    await this.#outbox.keep(invited.state, loaded.state, loaded.seen, null, request.now);
    return { ok: true };
  }

  /** Decide one moment: whether one of the campaigns that matched engages the visitor now. */
  async engage(request: EngageRequest): Promise<EngageAnswer> {
    await this.#store.open();
    return this.#engagement.engage(request);
  }

  /** The visitor's conversation: the open one where it is proven whose it is, else a new one under `conversation`. */
  async openConversation(request: ConversationRequest): Promise<OpenedConversation & Guidance> {
    const { site, visitor, now } = request;
    await this.#store.open();
    const loaded = this.#store.load();
    const before = loaded?.state ?? newVisitor(site, visitor, now);
    const opened = openConversation(before, request);
    if (opened.state !== before)
      await this.#outbox.keep(opened.state, before, loaded?.seen ?? new SeenMessages(), null, now);
    const { conversation, created } = opened;
    return { conversation, created, ...guidanceOf(opened.state, request) };
  }

  /** The conversation has ended; the next one is new. */
  async conversationClosed(ended: Ended): Promise<void> {
    await this.#store.open();
    const loaded = this.#store.load();
    if (loaded === null) return;
    const after = endConversation(loaded.state, ended);
    if (after === loaded.state) return;
    await this.#outbox.keep(after, loaded.state, loaded.seen, null, Date.now());
  }

  /** Keep a message that the visitor left for later. The same id again changes nothing. */
  async leaveMessage(
    site: string,
    visitor: string,
    message: RecordOf<"left_messages">,
  ): Promise<{ id: string }> {
    const now = message.at;
    await this.#store.open();
    const loaded = this.#store.load();
    const before = loaded?.state ?? newVisitor(site, visitor, now);
    const seen = loaded?.seen ?? new SeenMessages();
    if (!seen.has(message.id)) {
      await this.#outbox.keep(queueWaiting(before, message, now), before, seen.with([message.id]), null, now);
    }
    return { id: message.id };
  }

  /** A call that the visitor had booked was made; a visitor of whom nothing is known stays so. */
  async callConcluded(outcome: CallOutcome): Promise<void> {
    await this.#store.open();
    const loaded = this.#store.load();
    if (loaded === null || loaded.state.lastCallOutcome === outcome) return;
    const { state, seen } = loaded;
    await this.#outbox.keep({ ...state, lastCallOutcome: outcome }, state, seen, null, Date.now());
  }

  /** What the view `viewId` has told by itself: all that may be repeated to somebody of whom nothing is proven. */
  async spoken(viewId: string | null): Promise<KnownFacts> {
    await this.#store.open();
    const now = Date.now();
    return spokenFacts(this.#store.load()?.state ?? newVisitor("", "", now), viewId, now);
  }

  /** The visitor as an agent sees him, or null where nothing is known. */
  async snapshot(): Promise<VisitorSnapshot | null> {
    await this.#store.open();
    const loaded = this.#store.load();
    if (loaded === null) return null;
    return snapshotOf(loaded.state, Date.now());
  }

  /** The visit that is on, moment by moment, with what the visitor was eligible for; null where none is. */
  async visitTrace(): Promise<TraceSource | null> {
    await this.#store.open();
    const loaded = this.#store.load();
    return loaded === null ? null : traceSourceOf(loaded.state);
  }

  /** D1 holds these records: they leave the outbox. (Called by the queue's consumer.) */
  async confirm(confirmations: Confirmation[]): Promise<void> {
    await this.#store.open();
    await this.#outbox.confirm(confirmations, Date.now());
  }

  /** What D1 has not confirmed yet, by outbox key. */
  async owed(): Promise<string[]> {
    await this.#store.open();
    return this.#store.load()?.state.outbox.map(({ key }) => key) ?? [];
  }

  /** Forget the visitor if he stayed away as long as promised. (Called by history's run; see `forget` of the outbox.) */
  async forget({ lastAt, now }: { lastAt: EpochMs; now: EpochMs }): Promise<"forgotten" | "kept"> {
    await this.#store.open();
    return this.#outbox.forget(lastAt, now);
  }

  /** Safe to run twice: a visit that is over ends once, and what is sent again is written once. */
  override async alarm(rung?: AlarmInvocationInfo): Promise<void> {
    try {
      // An alarm that failed is rung anew at a moment that says nothing of what was confirmed.
      const rangFor = rung === undefined || rung.isRetry ? ALL_DUE : rung.scheduledTime;
      await this.#store.open(rangFor);
      this.#store.alarmRang();
      await this.#outbox.look(rangFor, Date.now());
    } catch (error) {
      if ((rung?.retryCount ?? 0) < LAST_RETRY) throw error;
      // The platform gives up now, and where no alarm stands all counts as told: this one says that all is due.
      const visitor = this.ctx.id.name;
      console.error(
        JSON.stringify({ level: "alert", what: "visitor's alarm", visitor, error: String(error) }),
      );
      await this.#store.wakeAt(AT_ONCE);
    }
  }
}

function firstOf(events: readonly Event[], id: string): number {
  return events.findIndex((event) => event.id === id);
}
