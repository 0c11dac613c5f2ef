/** What the desk makes of a room whose storage was set back to an earlier moment (P27). */
import { expect, test } from "vitest";
import { EMPTY_DESK, type Item, NEW_ITEM } from "../../domain/desk/desk.ts";
import { putItem } from "../../domain/desk/entries.ts";
import { hear } from "../../domain/desk/queue.ts";
import { report } from "./desk-days.ts";

const NOW = 1_800_000_000_000;

function known(more: Partial<Item>) {
  const { status: _status, ...facts } = report("c", { revision: 7 });
  return putItem(EMPTY_DESK, { ...NEW_ITEM, ...facts, ...more });
}
const restored = (agent: string | null, revision = NOW) =>
  report("c", { revision, restored: { at: NOW, agent } });

test("P27: a conversation that was not over then waits again; heard twice, it waits once", () => {
  const desk = known({ agent: "lea", closedAt: NOW - 1_000 });
  // What it reported before it was over, and arrives late.
  expect(hear(desk, report("c", { revision: 8 }), NOW).desk.queue.size).toBe(0);
  const again = hear(desk, restored(null), NOW);
  expect(again.desk.items.get("c")).toMatchObject({ agent: null, closedAt: null, preferredAgent: "lea" });
  expect(again.desk.queue.size).toBe(1);
  const over = putItem(again.desk, { ...(again.desk.items.get("c") as Item), closedAt: NOW + 1 });
  expect(hear(over, restored(null, NOW + 1), NOW).desk.queue.size).toBe(0);
});

test("P27: who had it while the room says somebody else did lets it go; who has it keeps it", () => {
  const desk = known({ agent: "lea", offer: { agent: "hugo", expiresAt: NOW + 1 } });
  const { desk: after, effects } = hear(desk, restored(null), NOW);
  expect(after.items.get("c")).toMatchObject({ agent: null, offer: null, preferredAgent: "lea" });
  expect(effects.map((effect) => ("agent" in effect ? effect.agent : null))).toEqual(["lea", "hugo"]);
  const kept = hear(desk, restored("lea"), NOW);
  expect(kept.desk.items.get("c")).toMatchObject({ agent: "lea", offer: { agent: "hugo" } });
  expect(kept.effects).toEqual([]);
});
