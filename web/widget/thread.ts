/**
 * The conversation's log as this tab has it: what is shown of it, what is still missing, and how far each has read.
 *
 * Holds   the log (a pure module decides), both readers' positions, and the timers of holes and receipts.
 */
import type { ClientFrame, ServerFrame } from "../../domain/chat/wire.ts";
import type { Cell } from "./cell.ts";
import { cell, derived } from "./cell.ts";
import type { Ask, LogEvent } from "./conversation-log.ts";
import { apply, askAgain, emptyLog, greet, reset } from "./conversation-log.ts";
import type { Outbox } from "./outbox.ts";
import { behind, checkAfterMs, tellAfterMs } from "./position.ts";
import { timersOf } from "./timers.ts";
import { rowsOf } from "./transcript-rows.ts";

const HOLE_AGAIN_MS = 3_000;
const READ_AFTER_MS = 400;
/** History is drawn this long before new messages are announced. */
const SETTLED_MS = 200;

export type ThreadPorts = {
  outbox: Cell<Outbox>;
  /** Hand a frame to the open socket, or say false. */
  send: (frame: ClientFrame) => boolean;
  /** The log cannot be mended: begin the connection anew. */
  restart: () => void;
  /** An event took its place in the log; each is told once, in order. */
  happened: (event: LogEvent) => void;
  /** This visitor has read up to `seq`: keep it. */
  keepRead: (seq: number) => void;
};

export function threadOf({ outbox, send, restart, happened, keepRead }: ThreadPorts) {
  const log = cell(emptyLog);
  const agentRead = cell(0);
  const mineRead = cell(0);
  /** False while history is still arriving: what was said before is not announced again. */
  const caughtUp = cell(false);
  const timers = timersOf();
  let head = 0;
  /** How far the room knows that we have come. */
  let told = 0;
  /** The event behind the last one, where the room was asked for it and has not answered yet; else 0. */
  let asked = 0;
  let watching = false;

  const rows = derived([log, outbox, agentRead], ({ events, held }, pending, read) => {
    const mine = held.filter((one) => one.type === "message" && one.from.role === "visitor");
    return rowsOf([...events, ...mine], pending, read);
  });
  const unread = derived([log, mineRead], ({ events }, seen) => {
    return events.filter((one) => one.seq > seen && isFromThem(one)).length;
  });

  function catchUp(): void {
    if (log.value.last < head || caughtUp.value) return;
    timers.after("caughtUp", SETTLED_MS, () => (caughtUp.value = true));
  }

  /** Do what the log asks for. */
  function act(ask: Ask): void {
    if (ask === "resume") {
      restart();
    } else if (ask) {
      send({ type: "range", ...ask });
      timers.after("hole", HOLE_AGAIN_MS, () => {
        const again = askAgain(log.value);
        log.value = again.log;
        act(again.ask);
      });
    }
  }

  /** Tell the room how far we have come, which also asks it for more. */
  function sayWhere(): void {
    const { last } = log.value;
    timers.cancel("tell");
    asked = 0;
    if (send({ type: "range", ...behind(last) })) {
      told = last;
      asked = last + 1;
    }
    askLater();
  }

  /** Silence is checked now and then: a line that only seems to live is found out. */
  function askLater(): void {
    timers.after("check", checkAfterMs(Math.random()), sayWhere);
  }

  function tellSoon(): void {
    const ms = tellAfterMs(log.value.last, told);
    if (ms === 0) sayWhere();
    else if (ms !== null && !timers.isSet("tell")) timers.after("tell", ms, sayWhere);
  }

  function readSoon(): void {
    timers.after("read", READ_AFTER_MS, readNow);
  }

  function readNow(): void {
    timers.cancel("read");
    const { last, events } = log.value;
    const seen = mineRead.value;
    if (!watching || last <= seen) return;
    readUpTo(last);
    const some = events.some((one) => one.seq > seen && isFromThem(one));
    if (!some || !send({ type: "read", seq: last })) return;
    told = last;
    timers.cancel("tell");
  }

  /** Read here or in another tab. */
  function readUpTo(seq: number): void {
    if (seq <= mineRead.value) return;
    mineRead.value = seq;
    keepRead(seq);
  }

  return {
    log,
    rows,
    unread,
    caughtUp,
    readUpTo,

    /** Take up a conversation that was read up to `seq`. */
    begin(seq: number): void {
      mineRead.value = seq;
    },

    greeted(welcome: Extract<ServerFrame, { type: "welcome" }>): void {
      log.value = greet(log.value, welcome);
      head = welcome.head;
      // A room that was set back to an earlier moment counts from there.
      mineRead.value = Math.min(mineRead.value, head);
      // The hello said where we stand.
      told = log.value.last;
      asked = 0;
      catchUp();
      askLater();
    },

    /** How far the room's log goes. What we lack was sent to nobody's ears: ask for it, and if need be begin anew. */
    headIs(seq: number): void {
      const { last } = log.value;
      asked = 0;
      if (seq <= last || timers.isSet("hole")) return;
      send({ type: "range", from: last + 1, to: seq });
      timers.after("hole", HOLE_AGAIN_MS, () => {
        if (log.value.last < seq) restart();
      });
    },

    began(anew: Extract<ServerFrame, { type: "reset" }>): void {
      log.value = reset(anew);
      head = anew.head;
      told = log.value.last;
    },

    applied(event: LogEvent): void {
      const before = log.value.last;
      const { log: after, ask } = apply(log.value, event);
      log.value = after;
      act(ask);
      for (const one of after.events) {
        if (one.seq <= before) continue;
        happened(one);
        catchUp();
        if (watching) readSoon();
      }
      if (after.last === before) return;
      // There was more: perhaps there is more still.
      if (asked !== 0 && after.last >= asked) return sayWhere();
      tellSoon();
      askLater();
    },

    agentReadUpTo(seq: number): void {
      agentRead.value = Math.max(agentRead.value, seq);
    },

    /** It is before the visitor's eyes, or no longer: only what was seen is told as read. */
    watch(now: boolean): void {
      // What was seen up to this moment was seen, also when the moment to tell has not come yet.
      if (!now && timers.isSet("read")) readNow();
      watching = now;
      if (now) readSoon();
    },

    forget(): void {
      timers.cancelAll();
      log.value = emptyLog;
      agentRead.value = mineRead.value = 0;
      caughtUp.value = false;
      told = asked = 0;
    },
  };
}

function isFromThem(event: LogEvent): boolean {
  return event.type === "message" && event.from.role !== "visitor" && event.kind !== "note";
}
