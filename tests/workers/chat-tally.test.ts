/** What a room counts from its log, whoever wrote in it. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { MessageFrame, Role } from "../../domain/chat/wire.ts";
import { ChatRoomStore, type Tally } from "../../durable-objects/chat-room-store.ts";

type Said = { role: Role; kind: MessageFrame["kind"] };

const NOON = Date.UTC(2037, 10, 23, 11);
const momentOf = (index: number) => NOON + index * 1_000;

/** What a new room counts after `said`, a second apart from noon on. */
function tallyOf(said: readonly Said[]): Promise<Tally> {
  const room = env.CHAT_ROOM.getByName(crypto.randomUUID());
  return runInDurableObject(room, (_room, { storage }) => {
    const store = new ChatRoomStore(storage);
    said.forEach(({ role, kind }, index) => {
      const at = new Date(momentOf(index)).toISOString();
      const from = { role, id: `${role}-1`, name: null };
      const client_id = crypto.randomUUID();
      const body = '{"from":{"role":"agent"}}';
      store.append({ type: "message", seq: index + 1, client_id, from, body, kind, at }, senderOf(role));
    });
    return store.tally();
  });
}

/** As a room names its senders: the visitor by that word. */
function senderOf(role: Role): string {
  return role === "visitor" ? "visitor" : `${role}-1`;
}

test("KPI33: what a machine or the system wrote is no agent's message and no first reply", async () => {
  const bot: Said = { role: "bot", kind: "text" };
  const visitor: Said = { role: "visitor", kind: "text" };
  const agent: Said = { role: "agent", kind: "text" };
  expect(
    await tallyOf([visitor, bot, { role: "bot", kind: "card" }, { role: "system", kind: "text" }]),
  ).toEqual({
    visitorMessages: 1,
    agentMessages: 0,
    firstVisitorAt: NOON,
    firstAgentAt: null,
    firstAgentId: null,
    lastVisitorAt: NOON,
    lastMessageAt: momentOf(3),
  });
  const answered = [visitor, bot, { role: "agent", kind: "note" } as const, agent, visitor, bot, agent];
  expect(await tallyOf(answered)).toMatchObject({
    visitorMessages: 2,
    agentMessages: 2,
    firstAgentAt: momentOf(3),
    firstAgentId: "agent-1",
    lastVisitorAt: momentOf(4),
  });
});

test("KPI33: whoever writes what in whatever order, each message counts as its author's", async () => {
  const message = fc.record({
    role: fc.constantFrom<Role>("visitor", "agent", "bot", "system"),
    kind: fc.constantFrom<MessageFrame["kind"]>("text", "note", "card"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 12 }), async (said) => {
      const byAgent = said.filter(({ role, kind }) => role === "agent" && kind !== "note");
      const [first] = byAgent;
      expect(await tallyOf(said)).toMatchObject({
        visitorMessages: said.filter(({ role }) => role === "visitor").length,
        agentMessages: byAgent.length,
        firstAgentAt: first === undefined ? null : momentOf(said.indexOf(first)),
        firstAgentId: first === undefined ? null : "agent-1",
      });
    }),
    { numRuns: 40 },
  );
});
