/**
 * `npm run bench -- chat`: acknowledged messages a second of one room and of a hundred, and deliveries to a thousand
 * sockets in one room, against the least object that could do it and against the same with a limiter
 * (`bench/baselines/`).
 *
 * All servers run at once, each in a workerd of its own on a memory disk, and take turns with the same client, so that
 * the machine's other load falls on all; ratios are of medians. Absolute figures are printed beside them: they hold for
 * this machine alone, whose processors the client shares.
 *
 * `--rounds 3` makes it shorter; then nothing is judged.
 */
import { parseArgs } from "node:util";
import { Crowd, type Round } from "./chat-load.ts";
import { printChatProfile } from "./chat-profile.ts";
import { type Contestant, startAparteRooms, startBareRooms, startLimitedRooms } from "./chat-rooms.ts";
import { median } from "./median.ts";

type Scene = {
  name: string;
  rooms: number;
  seats: number;
  senders: number;
  messages: number;
  window: number;
  /** What is asked: of the bare object's messages a second, of the limited one's, deliveries a second. */
  asked: { bare?: number; limited?: number; deliveries?: number };
};

const SCENES: readonly Scene[] = [
  {
    name: "one room, 2 people",
    rooms: 1,
    seats: 2,
    senders: 2,
    messages: 1_500,
    window: 8,
    asked: { bare: 0.85, limited: 2.5 },
  },
  {
    name: "100 rooms, 2 people each",
    rooms: 100,
    seats: 2,
    senders: 2,
    messages: 20,
    window: 2,
    asked: { bare: 0.85, limited: 2.5 },
  },
  {
    name: "one room, 1,000 sockets",
    rooms: 1,
    seats: 1_000,
    senders: 4,
    messages: 8,
    window: 2,
    asked: { deliveries: 15_000 },
  },
];
const JUDGED_ROUNDS = 7;
/** Until functions are as fast as they get. */
const WARM_UP_ROUNDS = 2;
/** What was opened is told to desk and history in the seconds after: that is no part of a message. */
const SETTLE_MS = 10_000;

const { values } = parseArgs({ options: { rounds: { type: "string", default: String(JUDGED_ROUNDS) } } });
const rounds = Number(values.rounds);
const started: Contestant[] = [];
let allReached = true;
try {
  for (const start of [startAparteRooms, startBareRooms, startLimitedRooms]) started.push(await start());
  for (const scene of SCENES) allReached = (await play(scene)) && allReached;
  if (rounds < JUDGED_ROUNDS) console.log("\nfewer rounds than are judged");
} finally {
  await Promise.all(started.map(({ bench }) => bench.stop()));
}
if (!allReached && rounds >= JUDGED_ROUNDS) {
  await printChatProfile();
  process.exitCode = 1;
}

/** Play `scene` in turns; whether what is asked was reached. */
async function play(scene: Scene): Promise<boolean> {
  const { name, seats, asked } = scene;
  const crowds: { contestant: Contestant; crowd: Crowd; rounds: Round[] }[] = [];
  for (const contestant of started) {
    const rooms = [];
    for (let room = 0; room < scene.rooms; room += 1) rooms.push(await contestant.room(seats));
    crowds.push({ contestant, crowd: await Crowd.gather(rooms, contestant.bench.cpuMs), rounds: [] });
  }
  await new Promise((done) => setTimeout(done, SETTLE_MS));
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    for (const { crowd, rounds: kept } of crowds) {
      const done = await crowd.talk(seats, scene);
      if (round >= 0) kept.push(done);
    }
    process.stderr.write(`\r${name}: round ${Math.max(0, round + 1)} of ${rounds}`);
  }
  process.stderr.write("\n");
  for (const { crowd } of crowds) crowd.leave();
  console.log(`\n${name}: ${scene.senders * scene.rooms} senders of ${scene.messages} messages`);
  const perSecond = crowds.map(({ contestant, rounds: kept }) => tell(contestant.name, kept));
  const [ours = Number.NaN, bare = Number.NaN, limited = Number.NaN] = perSecond.map((of) => of.messages);
  const deliveries = perSecond[0]?.deliveries ?? Number.NaN;
  const wanted: [words: string, got: number, least: number | undefined][] = [
    ["of the bare object's messages a second", ours / bare, asked.bare],
    ["of those with a limiter", ours / limited, asked.limited],
    ["deliveries a second", deliveries, asked.deliveries],
  ];
  return wanted
    .filter(([, , least]) => least !== undefined)
    .map(([words, got, least = 0]) => {
      const reached = got >= least;
      const digits = least > 100 ? 0 : 2;
      console.log(`  ${got.toFixed(digits)} ${words}, at least ${least}: ${reached ? "reached" : "MISSED"}`);
      return reached;
    })
    .every(Boolean);
}

function tell(name: string, kept: readonly Round[]): { messages: number; deliveries: number } {
  const messages = median(kept.map((round) => (round.messages / round.elapsedMs) * 1_000));
  const deliveries = median(kept.map((round) => (round.deliveries / round.elapsedMs) * 1_000));
  const cpu = median(kept.map((round) => round.cpuMs / round.messages));
  const waits = kept.flatMap(({ waitsMs }) => waitsMs).toSorted((a, b) => a - b);
  const at = (share: number) => (waits[Math.floor(waits.length * share)] ?? Number.NaN).toFixed(1);
  console.log(
    `  ${name.padEnd(16)} ${messages.toFixed(0).padStart(6)} acknowledged/s, ${deliveries.toFixed(0).padStart(6)} deliveries/s, ` +
      `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${cpu.toFixed(3)} ms CPU a message`,
  );
  return { messages, deliveries };
}
