/** What became of each call of a room's history: one state a client id, in the order in which they were first said. */
import type { Fact } from "./history.ts";

export type CallState = {
  id: string;
  client: string;
  kind: string;
  body: string;
  /** Every `seq` it was acknowledged under in `epoch`; more than one is wrong. */
  seqs: Set<number>;
  /** The numbering in which it was last acknowledged, by the connection that heard it; null where no answer came. */
  epoch: string | null;
  failed: string | null;
};

export function callsOf(facts: readonly Fact[]): Map<string, CallState> {
  const calls = new Map<string, CallState>();
  const epochs = new Map<string, string>();
  for (const fact of facts) {
    if (fact.what === "welcome" || fact.what === "reset") epochs.set(fact.client, fact.epoch);
    else if (fact.what === "invoke") {
      if (calls.has(fact.call)) continue; // said again under the same id
      const { call: id, client, kind, body } = fact;
      calls.set(id, { id, client, kind, body, seqs: new Set(), epoch: null, failed: null });
    } else if (fact.what === "ok") {
      const call = calls.get(fact.call);
      if (call !== undefined) acknowledge(call, fact.seq, epochs.get(fact.client) ?? null);
    } else if (fact.what === "fail") {
      const call = calls.get(fact.call);
      if (call !== undefined) call.failed = fact.code;
    }
  }
  return calls;
}

/** A place in another numbering stands in place of the one before: both are told only where a room was renewed. */
function acknowledge(call: CallState, seq: number, epoch: string | null): void {
  if (call.epoch !== epoch) call.seqs.clear();
  call.epoch = epoch;
  call.seqs.add(seq);
}
