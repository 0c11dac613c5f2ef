/** What became of each call of a room's history: one state a client id, in the order in which they were first said. */
import type { Fact } from "./history.ts";

export type CallState = {
  id: string;
  client: string;
  kind: string;
  body: string;
  /** Every `seq` it was acknowledged under; more than one is wrong. */
  seqs: Set<number>;
  /** Where in the history its last acknowledgement stands; null where none came. */
  okAt: number | null;
  failed: string | null;
};

export function callsOf(facts: readonly Fact[]): Map<string, CallState> {
  const calls = new Map<string, CallState>();
  for (const [index, fact] of facts.entries()) {
    if (fact.what === "invoke") {
      if (calls.has(fact.call)) continue; // said again under the same id
      const { call: id, client, kind, body } = fact;
      calls.set(id, { id, client, kind, body, seqs: new Set(), okAt: null, failed: null });
    } else if (fact.what === "ok") {
      const call = calls.get(fact.call);
      call?.seqs.add(fact.seq);
      if (call !== undefined) call.okAt = index;
    } else if (fact.what === "fail") {
      const call = calls.get(fact.call);
      if (call !== undefined) call.failed = fact.code;
    }
  }
  return calls;
}
