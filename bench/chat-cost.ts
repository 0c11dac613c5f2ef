/**
 * What a million conversations cost at list price, counted from meters: 40 messages and 60 typing frames in 10 minutes
 * between a visitor and an agent, from the click on the launcher to the log in history, with the receipts and the word on
 * how far each has come that the product's own clients send. Nothing is estimated but what follows from a count and a
 * price; an agent's own hours at the desk are part of it as far as the conversations fill them.
 *
 * CPU is what the operating system says that the whole of workerd used meanwhile, D1's and the queue's work with it.
 */
import { openConversation, post, signIn, ticketFor } from "../faults/http.ts";
import { control, type Meters, passTime, quiet, readMeters, startMetered } from "./metered.ts";
import { dollarsOf, type Line, PRICE, printLargest, printLines } from "./prices.ts";

const AGENTS = ["lea@demo.test", "hugo@demo.test", "admin@demo.test"];
/** What one agent may have at once. */
const CAPACITY = 20;
const CONVERSATIONS = AGENTS.length * CAPACITY;
const MESSAGES = 40;
const TYPING_FRAMES = 60;
const LASTS_MS = 10 * 60_000;
/** Beyond the time after which a conversation without a visitor is closed, and its history told. */
const SILENCE_MS = 40 * 60_000;
const LIMIT = 120;

/** One socket, and every frame that came by it. */
class Wire {
  readonly #socket: WebSocket;
  readonly #heard = new Set<() => void>();
  frames: Frame[] = [];

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      this.frames.push(JSON.parse(String(data)) as Frame);
      for (const each of this.#heard) each();
    });
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<Wire> {
    const socket: WebSocket = Reflect.construct(WebSocket, [url, { headers }]);
    const line = new Wire(socket);
    await new Promise<void>((done, fail) => {
      socket.addEventListener("open", () => done(), { once: true });
      socket.addEventListener("error", () => fail(new Error(`no socket at ${url}`)), { once: true });
    });
    return line;
  }

  send(frame: object): void {
    this.#socket.send(JSON.stringify(frame));
  }

  /** Resolves once a frame has come for which `is` holds. */
  async until(is: (frame: Frame) => boolean): Promise<void> {
    if (this.frames.some(is)) return;
    await new Promise<void>((done, fail) => {
      const late = setTimeout(() => fail(new Error(JSON.stringify(this.frames.slice(-5)))), 30_000);
      const look = () => {
        if (!this.frames.some(is)) return;
        clearTimeout(late);
        this.#heard.delete(look);
        done();
      };
      this.#heard.add(look);
    });
  }

  close(): void {
    this.#socket.close();
  }
}

type Frame = Record<string, unknown>;
type Talker = { id: string; line: Wire; token: string };
type Desk = { cookie: string; line: Wire };

const aparte = await startMetered();
const socketOrigin = aparte.url.replace(/^http/, "ws");
let missed = true;
try {
  const desks: Desk[] = await Promise.all(AGENTS.map(sitDown));
  await control(aparte, "DELETE", "/__meters");
  const cpuBefore = aparte.cpuMs();
  const talks: Talker[] = [];
  for (let each = 0; each < CONVERSATIONS; each += 1) talks.push(await begin(each));
  const agents = await Promise.all(talks.map(({ id }) => answer(id, desks)));
  await talk(talks, agents);
  for (const { id, line, token } of talks) {
    line.send({ type: "close" });
    await line.until(({ type, name }) => type === "event" && name === "closed");
    await post(`${aparte.url}/v1/conversations/${id}/survey`, { token, csat: 5, answer: 3, resolved: true });
    line.close();
  }
  for (const { line } of agents) line.close();
  await quiet(aparte);
  await passTime(aparte, SILENCE_MS);
  await quiet(aparte);
  await assertTold();
  const cpuMs = aparte.cpuMs() - cpuBefore;
  missed = print(await readMeters(aparte), cpuMs);
  for (const { line } of desks) line.close();
} finally {
  await aparte.stop();
}
process.exitCode = missed ? 1 : 0;

/** An agent at the desk who takes whatever is offered. */
async function sitDown(email: string): Promise<Desk> {
  const cookie = await signIn(aparte.url, email);
  const line = await Wire.open(`${socketOrigin}/api/sites/demo/desk/socket`, { cookie, origin: aparte.url });
  await line.until(({ type }) => type === "snapshot");
  line.send({ type: "status", state: "online", capacity: CAPACITY });
  return { cookie, line };
}

/** A visitor opens a conversation and says the first word. */
async function begin(visitor: number): Promise<Talker> {
  const { conversation, token } = await openConversation(aparte.url, `cost-${visitor}`);
  const line = await enter(conversation.id, token);
  say(line, "Bonjour, cette chemise taille-t-elle grand ?");
  await line.until(({ type }) => type === "ack");
  return { id: conversation.id, line, token };
}

async function enter(conversation: string, token: string): Promise<Wire> {
  const line = await Wire.open(`${socketOrigin}/v1/conversations/${conversation}/socket`);
  line.send({ type: "hello", v: 1, token, epoch: null, after: 0, acks: true });
  await line.until(({ type }) => type === "welcome");
  return line;
}

/** The agent to whom `conversation` is offered takes it and comes in. */
async function answer(conversation: string, desks: readonly Desk[]): Promise<Talker> {
  const isOffer = (frame: Frame) => frame.type === "offered" && frame.conversation === conversation;
  const desk = await Promise.any(
    desks.map(async (each) => {
      await each.line.until(isOffer);
      return each;
    }),
  );
  desk.line.send({ type: "accept", conversation });
  await desk.line.until((frame) => frame.type === "assigned" && frame.conversation === conversation);
  const token = await ticketFor(aparte.url, desk.cookie, conversation);
  return { id: conversation, line: await enter(conversation, token), token };
}

/** The rest of the messages, by turns and spread over the ten minutes, with typing before and a receipt after each. */
async function talk(visitors: readonly Talker[], agents: readonly Talker[]): Promise<void> {
  for (let message = 1; message < MESSAGES; message += 1) {
    await passTime(aparte, LASTS_MS / MESSAGES);
    const [speakers, hearers] = message % 2 === 1 ? [agents, visitors] : [visitors, agents];
    await Promise.all(
      speakers.map(async ({ line }, index) => {
        const typing = Math.round((TYPING_FRAMES * message) / (MESSAGES - 1));
        const before = Math.round((TYPING_FRAMES * (message - 1)) / (MESSAGES - 1));
        for (let frame = before; frame < typing; frame += 1)
          line.send({ type: "typing", on: frame % 2 === 0 });
        const id = say(line, `Message ${message}: elle taille normalement, prenez la vôtre.`);
        await line.until((frame) => frame.type === "ack" && frame.client_id === id);
        const hearer = hearers[index];
        const heard = (frame: Frame) => frame.type === "message" && frame.client_id === id;
        await hearer?.line.until(heard);
        const { seq } = hearer?.line.frames.find(heard) ?? {};
        hearer?.line.send({ type: "read", seq });
      }),
    );
    process.stderr.write(`\rmessage ${message + 1} of ${MESSAGES}`);
  }
  process.stderr.write("\n");
}

function say(line: Wire, body: string): string {
  const id = crypto.randomUUID();
  line.send({ type: "message", client_id: id, body, kind: "text" });
  return id;
}

/** History holds each conversation, closed, with every message. */
async function assertTold(): Promise<void> {
  const answer = await fetch(`${aparte.url}/api/sites/demo/exports/messages.csv`, {
    headers: { authorization: "Bearer ak_demo_local_only" },
  });
  const said = (await answer.text()).split("\n").filter((line) => line.includes("Message ")).length;
  const expected = CONVERSATIONS * (MESSAGES - 1);
  if (said !== expected) throw new Error(`history holds ${said} messages, not ${expected}`);
}

/** Print the bill; true where the limit is missed. */
function print(meters: Meters, cpuMs: number): boolean {
  const of = (name: string) => (meters[name] ?? 0) / CONVERSATIONS;
  const bill: [part: string, what: string, count: number, price: number][] = [
    ["live", "Worker requests", of("worker_requests"), PRICE.workerRequest],
    ["live", "CPU, ms (all of workerd's)", cpuMs / CONVERSATIONS, PRICE.cpuMs],
    ["live", "object requests and alarms", of("object_requests"), PRICE.objectRequest],
    ["live", "socket messages, 20 a request", of("object_messages"), PRICE.objectMessage],
    ["live", "object rows written", of("object_rows_written"), PRICE.rowWritten],
    ["live", "object alarms set", of("object_alarms_set"), PRICE.rowWritten],
    ["live", "object rows read", of("object_rows_read"), PRICE.rowRead],
    [
      "live",
      "object duration, GB-s",
      (of("object_busy_ms") / 1_000) * PRICE.objectGigabytes,
      PRICE.gigabyteSecond,
    ],
    ["live", "KV reads", of("kv_reads"), PRICE.kvRead],
    ["history", "queue operations", of("queue_operations"), PRICE.queueOperation],
    ["history", "queue consumer's requests", of("queue_invocations"), PRICE.workerRequest],
    ["history", "D1 rows written", of("d1_rows_written"), PRICE.rowWritten],
    ["history", "D1 rows read", of("d1_rows_read"), PRICE.rowRead],
  ];
  const lines: Line[] = bill.map(([part, what, count, price]) => ({ part, what, count, price }));
  console.log(
    `A million conversations at list price (${CONVERSATIONS} counted: ${MESSAGES} messages, ${TYPING_FRAMES} typing frames, 10 minutes)`,
  );
  printLines(lines, "talk");
  const all = dollarsOf(lines);
  console.log(`  in all ${all.toFixed(2)} $ of ${LIMIT} $`);
  const calls = Object.entries(meters.calls)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${(count / CONVERSATIONS).toFixed(2)}`);
  console.log(`  calls a conversation: ${calls.join(", ")}`);
  printRows(meters.rows);
  if (all > LIMIT) printLargest(lines);
  return all > LIMIT;
}

/** Where the rows come from: each statement that writes one conversation in ten, or more. */
function printRows(rows: Meters["rows"]): void {
  for (const [statement, count] of Object.entries(rows).toSorted(([, a], [, b]) => b - a)) {
    const each = count / CONVERSATIONS;
    if (each >= 0.1) console.log(`  ${each.toFixed(2).padStart(7)} rows  ${statement}`);
  }
}
