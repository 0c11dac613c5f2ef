/**
 * Decides from a room's history alone whether its promises held. Knows nothing of the server; what it finds wrong it
 * names with the message, the reader and the position, so that a failing run can be read.
 *
 * Shapes  `judge` takes the facts of one room and its log as read in the end, by an agent and by the visitor.
 * Errors  every broken promise is one `Finding`; none means that all held.
 */
import { MAX_REPLAY } from "../domain/chat/wire.ts";
import { type CallState, callsOf } from "./calls.ts";
import type { Fact, FinalLog, LogFrame } from "./history.ts";

export type Finding = {
  kind:
    /** Acknowledged, and not in the log. */
    | "lost"
    /** One client id, two events. */
    | "doubled"
    /** A sender's later words stand before their earlier ones. */
    | "reordered"
    /** In the log, or on a screen, with other words than were said. */
    | "changed"
    /** The log's place of a message is not the one that was acknowledged, or one place was given to two. */
    | "seq_twice"
    /** A reader was shown an event while one before it was missing, and nobody said so. */
    | "hole"
    /** A reader was shown an event again that it had not asked for. */
    | "repeated"
    /** A reader did not get to the log's end. */
    | "behind"
    /** Two readers saw different events at one place. */
    | "split"
    /** In the log, and nobody said it; or refused, and stored all the same. */
    | "invented"
    /** Begun anew without need, or not where there was need. */
    | "reset"
    /** The room's epoch changed though its state did not. */
    | "epoch";
  what: string;
};

export type Reader = "agent" | "visitor";

export type Case = {
  facts: readonly Fact[];
  /** The log in the end, as an agent and as the visitor reads it. */
  agent: FinalLog;
  visitor?: FinalLog;
  /** As whom each client reads; a client that is not named reads as an agent. */
  readers?: Readonly<Record<string, Reader>>;
  /** Clients that must have everything in the end: they stayed connected. */
  complete?: readonly string[];
};

/** Every promise that did not hold in `room`. */
export function judge(room: Case): Finding[] {
  const isGone = goneIn(room);
  return [
    ...judgeLog(room.agent),
    ...judgeLog(room.visitor),
    ...judgeCalls(callsOf(room.facts), room.agent, isGone),
    ...judgeReaders(room, isGone),
    ...judgeEpochs(room),
  ];
}

/**
 * Whether what was told in `epoch` may be gone: only of a room that was wiped, and only of a numbering before its last.
 * The numbering says it and not the order of facts, for an answer may be heard after the operator's word of the wipe.
 */
function goneIn({ facts, agent }: Case): (epoch: string | null) => boolean {
  const wasWiped = wipesOf(facts) > 0;
  return (epoch) => wasWiped && epoch !== agent.epoch;
}

function wipesOf(facts: readonly Fact[]): number {
  return facts.filter(({ what }) => what === "wiped").length;
}

/** One line a finding, for people. */
export function told(findings: readonly Finding[]): string[] {
  return findings.map(({ kind, what }) => `${kind}: ${what}`);
}

function judgeLog(log: FinalLog | undefined): Finding[] {
  if (log === undefined) return [];
  const found: Finding[] = [];
  let before = 0;
  let at = "";
  for (const event of log.events) {
    if (event.seq <= before) found.push({ kind: "seq_twice", what: `the log has seq ${event.seq} twice` });
    else if (event.seq > before + 1) {
      found.push({ kind: "hole", what: `the log goes from ${before} to ${event.seq}` });
    }
    if (event.at < at) found.push({ kind: "reordered", what: `the moment of seq ${event.seq} falls` });
    before = Math.max(before, event.seq);
    at = event.at;
  }
  if (before !== log.head) found.push({ kind: "behind", what: `the log ends at ${before}, not ${log.head}` });
  return found;
}

function judgeCalls(
  calls: ReadonlyMap<string, CallState>,
  log: FinalLog,
  isGone: (epoch: string | null) => boolean,
): Finding[] {
  const found: Finding[] = [];
  const stored = new Map<string, LogFrame & { type: "message" }>();
  for (const event of log.events) {
    if (event.type !== "message" || typeof event.client_id !== "string") continue;
    const message = event as LogFrame & { type: "message" };
    const call = String(message.client_id);
    const first = stored.get(call);
    if (first !== undefined) {
      found.push({ kind: "doubled", what: `${call} stands at ${first.seq} and at ${message.seq}` });
    } else stored.set(call, message);
    if (!calls.has(call)) found.push({ kind: "invented", what: `nobody said ${call}, at ${message.seq}` });
  }

  const given = new Map<number, string>();
  const lastOf = new Map<string, number>();
  for (const call of calls.values()) {
    const message = stored.get(call.id);
    const excused = isGone(call.epoch);
    if (call.seqs.size > 1) {
      found.push({
        kind: "seq_twice",
        what: `${call.id} was acknowledged as ${[...call.seqs].join(" and ")}`,
      });
    }
    for (const seq of excused ? [] : call.seqs) {
      const other = given.get(seq);
      if (other !== undefined)
        found.push({ kind: "seq_twice", what: `${seq} was given to ${other} and ${call.id}` });
      given.set(seq, call.id);
    }
    if (message === undefined) {
      if (call.seqs.size > 0 && !excused) {
        found.push({
          kind: "lost",
          what: `${call.id} of ${call.client} was acknowledged as ${[...call.seqs][0]} in ${call.epoch}`,
        });
      }
      continue;
    }
    if (call.failed !== null && call.seqs.size === 0) {
      found.push({
        kind: "invented",
        what: `${call.id} was refused (${call.failed}) and is at ${message.seq}`,
      });
    }
    if (call.seqs.size === 1 && !call.seqs.has(message.seq) && !excused) {
      found.push({
        kind: "seq_twice",
        what: `${call.id} was acknowledged as ${[...call.seqs][0]} and is at ${message.seq}`,
      });
    }
    if (message.kind !== call.kind || (message.kind === "text" && message.body !== call.body)) {
      found.push({ kind: "changed", what: `${call.id} at ${message.seq} is not what ${call.client} said` });
    }
    const before = lastOf.get(call.client) ?? 0;
    if (message.seq < before) {
      found.push({
        kind: "reordered",
        what: `${call.id} of ${call.client} is at ${message.seq}, after ${before}`,
      });
    }
    lastOf.set(call.client, Math.max(before, message.seq));
  }
  return found;
}

/** Where one client's view stands while its facts are gone through. */
type View = {
  last: number | null;
  epoch: string | null;
  hello: { epoch: string | null; after: number } | null;
  welcome: { epoch: string; head: number } | null;
  asked: { from: number; to: number }[];
  shown: Map<number, { text: string; epoch: string | null }>;
};

function judgeReaders(room: Case, isGone: (epoch: string | null) => boolean): Finding[] {
  const found: Finding[] = [];
  const views = new Map<string, View>();
  for (const fact of room.facts) {
    const view = views.get(fact.client) ?? newView();
    views.set(fact.client, view);
    found.push(...follow(view, fact));
  }
  const logs = { agent: linesOf(room.agent), visitor: linesOf(room.visitor ?? room.agent) };
  for (const [client, view] of views) {
    const log = logs[room.readers?.[client] ?? "agent"];
    for (const [seq, { text, epoch }] of view.shown) {
      if (isGone(epoch)) continue;
      const line = log.get(seq);
      if (line !== undefined && line !== text) {
        found.push({ kind: "split", what: `${client} saw another event at ${seq} than the log has` });
      }
      if (line === undefined) {
        found.push({ kind: "lost", what: `${client} saw an event at ${seq} that the log does not have` });
      }
    }
  }
  for (const client of room.complete ?? []) {
    const last = views.get(client)?.last ?? 0;
    if (last !== room.agent.head) {
      found.push({ kind: "behind", what: `${client} is at ${last} of ${room.agent.head}` });
    }
  }
  return found;
}

function newView(): View {
  return { last: null, epoch: null, hello: null, welcome: null, asked: [], shown: new Map() };
}

/** Go on with one fact of this client. */
function follow(view: View, fact: Fact): Finding[] {
  switch (fact.what) {
    case "hello": {
      const claims = view.last !== null && fact.after > view.last;
      const at = view.last ?? 0;
      view.hello = fact;
      view.welcome = null;
      view.asked = [];
      view.last = fact.after;
      // A reader who names no position has forgotten what it was shown.
      if (fact.epoch === null && fact.after === 0) view.shown.clear();
      if (!claims) return [];
      return [{ kind: "hole", what: `${fact.client} says it has ${fact.after} and was shown ${at}` }];
    }
    case "welcome": {
      const silent = view.hello !== null && needsReset(view.hello, fact);
      view.welcome = fact;
      view.epoch = fact.epoch;
      // The reset follows the welcome; until it comes, no event may.
      if (silent) view.last = null;
      return [];
    }
    case "reset": {
      const needed = view.hello !== null && view.welcome !== null && needsReset(view.hello, view.welcome);
      view.last = fact.from - 1;
      view.shown.clear();
      if (needed) return [];
      const { after = 0, epoch = null } = view.hello ?? {};
      return [
        {
          kind: "reset",
          what: `${fact.client} at ${after} of ${epoch} began anew at ${fact.from} without need`,
        },
      ];
    }
    case "range":
      view.asked.push(fact);
      return [];
    case "saw":
      return see(view, fact);
    default:
      return [];
  }
}

function see(view: View, { client, seq, text }: Extract<Fact, { what: "saw" }>): Finding[] {
  const { epoch } = view;
  if (view.last === null) {
    view.last = seq;
    view.shown.set(seq, { text, epoch });
    return [{ kind: "reset", what: `${client} was shown ${seq} where only a reset could continue` }];
  }
  if (seq <= view.last) {
    const known = view.shown.get(seq);
    const changed = known !== undefined && known.text !== text;
    if (changed) return [{ kind: "changed", what: `${client} saw another event at ${seq} than before` }];
    view.shown.set(seq, { text, epoch });
    const asked = view.asked.some(({ from, to }) => seq >= from && seq <= to);
    return asked ? [] : [{ kind: "repeated", what: `${client} was shown ${seq} again at ${view.last}` }];
  }
  const missing = seq - view.last - 1;
  const hole: Finding[] =
    missing === 0
      ? []
      : [{ kind: "hole", what: `${client} was shown ${seq} after ${view.last}: ${missing} missing` }];
  view.last = seq;
  view.shown.set(seq, { text, epoch });
  return hole;
}

/** Whether a reader at `hello` cannot be continued in a room that stands at `welcome`. */
function needsReset(
  hello: { epoch: string | null; after: number },
  welcome: { epoch: string; head: number },
): boolean {
  const isNew = hello.epoch === null && hello.after === 0;
  const known = isNew || hello.epoch === welcome.epoch;
  return !known || hello.after > welcome.head || welcome.head - hello.after > MAX_REPLAY;
}

function judgeEpochs({ facts, agent }: Case): Finding[] {
  const seen = new Set<string>();
  for (const fact of facts) if (fact.what === "welcome" || fact.what === "reset") seen.add(fact.epoch);
  seen.add(agent.epoch);
  const most = 1 + wipesOf(facts);
  return seen.size <= most
    ? []
    : [{ kind: "epoch", what: `${most} states, ${seen.size} epochs: ${[...seen].join(", ")}` }];
}

function linesOf(log: FinalLog): Map<number, string> {
  return new Map(log.events.map((event) => [event.seq, JSON.stringify(event)]));
}
