/**
 * A two-party chat whose server is killed, twenty times, at a moment nobody chose: what was acknowledged stays, once
 * and in order, for both readers.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ChatClient } from "./chat-client.ts";
import type { LogFrame } from "./chat-client.ts";
import { DeskClient } from "./desk-client.ts";
import { post, signIn } from "./demo-api.ts";
import { dice } from "./dice.ts";
import type { ServerProcess } from "./server-process.ts";
import { startServerProcess } from "./server-process.ts";

const ROUNDS = 20;
const MESSAGES_A_SIDE = 15;

type Opened = { conversation: { id: string }; token: string; socket_url: string };

let server: ServerProcess;
beforeAll(async () => {
  server = await startServerProcess();
});
afterAll(() => server.dispose());

test("RUN1: after SIGKILL at a random moment, twenty times, every acknowledged message is there once, in order", async () => {
  const { seed, between } = dice();
  console.log(`SEED=${seed}`);
  const cookie = await signIn(server.url, "lea@demo.test");
  const desk = new DeskClient();
  await desk.connect(server.url, cookie);
  const opened = await post<Opened>(`${server.url}/v1/conversations`, {
    writeKey: "demo",
    anonymousId: `chat-kill-${seed}`,
  });
  const { id } = opened.conversation;
  const visitor = new ChatClient("visitor");
  const agent = new ChatClient("agent");
  const comeBack = async () => {
    await visitor.connect(opened.socket_url, opened.token);
    await agent.connect(opened.socket_url, await ticket(server.url, cookie, id));
  };

  await visitor.connect(opened.socket_url, opened.token);
  visitor.send("good evening");
  await visitor.settle();
  await desk.until(() => desk.mine.has(id), "the conversation at the agent's");
  await agent.connect(opened.socket_url, await ticket(server.url, cookie, id));

  let saved = 0;
  let cutOff = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const talk = [visitor, agent].map((side) => chatter(side, round, between));
    await pause(between(5, 250));
    await server.kill();
    await Promise.all(talk);
    for (const side of [visitor, agent]) {
      const open = side.sent.filter(({ clientId }) => !side.acked.has(clientId)).length;
      cutOff += open;
      saved += MESSAGES_A_SIDE - open;
    }
    await server.restart();
    await desk.connect(server.url, cookie);
    await comeBack();
    await visitor.settle();
    await agent.settle();
  }

  // The kills fell in the middle: some messages were acknowledged before, others not.
  expect(saved).toBeGreaterThan(0);
  expect(cutOff).toBeGreaterThan(0);

  const lastSeq = Math.max(...visitor.acked.values(), ...agent.acked.values());
  for (const side of [visitor, agent]) {
    await side.until(() => side.log.has(lastSeq), `${side.name} has seen the last message`);
    expect(side.wrong).toEqual([]);
    expect(side.epochs.size).toBe(1);
  }
  expectOneHistory(visitor, agent);
  const fresh = new ChatClient("a reader who was never here");
  await fresh.connect(opened.socket_url, opened.token);
  expect(bySeq(fresh)).toEqual(bySeq(visitor));
  for (const side of [visitor, agent, fresh, desk]) side.close();
  console.log(`${ROUNDS} kills: ${saved} messages acknowledged before one, ${cutOff} sent again after it`);
}, 600_000);

/** Fifteen messages at uneven moments, whether or not anybody still answers. */
async function chatter(
  side: ChatClient,
  round: number,
  between: (low: number, high: number) => number,
): Promise<void> {
  for (let number = 1; number <= MESSAGES_A_SIDE; number += 1) {
    side.send(`${side.name} ${round}.${number}`);
    await pause(between(0, 20));
  }
}

function expectOneHistory(visitor: ChatClient, agent: ChatClient): void {
  const log = bySeq(visitor);
  expect(bySeq(agent)).toEqual(log);
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
  const messages = log.filter((frame) => frame.type === "message");
  for (const side of [visitor, agent]) {
    const sent = new Map(side.sent.map(({ clientId, body }) => [clientId, body]));
    const stored = messages.filter(({ client_id }) => client_id !== null && sent.has(client_id));
    // Everything that was sent was acknowledged in the end: so it is there, once, as it was said, in its order.
    expect(stored.map(({ client_id, body }) => [client_id, body])).toEqual([...sent]);
    expect(stored.map(({ client_id, seq }) => [client_id, seq])).toEqual(
      [...sent.keys()].map((clientId) => [clientId, side.acked.get(clientId)]),
    );
  }
}

function bySeq(side: ChatClient): LogFrame[] {
  return [...side.log.values()].toSorted((a, b) => a.seq - b.seq);
}

async function ticket(url: string, cookie: string, conversation: string): Promise<string> {
  const address = `${url}/api/sites/demo/conversations/${conversation}/ticket`;
  return (await post<{ ticket: string }>(address, {}, { cookie, origin: url })).ticket;
}

function pause(ms: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, ms));
}
