/** A real SiteDesk under workerd with a socket for each agent, all busy, and a crowd that waits. */
import { resolve } from "node:path";
import { bundleWorker } from "../scripts/bundle.ts";
import { startAparte } from "./aparte-worker.ts";
import { CAPACITY, personOf, reportOf, staffOf } from "./desk-crowd.ts";

/** Before the bundle: the desk's own doors without a login, and rooms that obey and do nothing. */
const ENTRY = `
import { DurableObject } from "cloudflare:workers";
import worker, * as real from "./index.js";
export * from "./index.js";
export class ChatRoom extends DurableObject {
  obey() {}
  placed() {}
}
export class SiteDesk extends real.SiteDesk {
  times = [];
  roomChanged(report) {
    const begun = performance.now();
    const place = super.roomChanged(report);
    if (report.status === "closed") this.times.push(performance.now() - begun);
    return place;
  }
  crowd(reports) {
    for (const report of reports) this.roomChanged(report);
  }
  spent() {
    return this.times;
  }
}
export default {
  ...worker,
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    const desk = env.SITE_DESK.getByName("bench");
    if (pathname === "/__socket") {
      const headers = new Headers(request.headers);
      headers.set("x-aparte-agent", searchParams.get("agent"));
      return desk.fetch(new Request(request, { headers }));
    }
    if (pathname === "/__publish") {
      await desk.publish(await request.json());
      return new Response(null, { status: 204 });
    }
    if (pathname === "/__reports") {
      const reports = await request.json();
      await (reports.length === 1 ? desk.roomChanged(reports[0]) : desk.crowd(reports));
      return new Response(null, { status: 204 });
    }
    if (pathname === "/__spent") return Response.json(await desk.spent());
    return worker.fetch(request, env, ctx);
  },
};
`;
const BATCH = 100;

type Frame = { type: string; conversation?: string };

export type LiveDesk = {
  /** One conversation ends and the next is asked for; milliseconds until the offer was there. */
  decide(): Promise<number>;
  /** Milliseconds that the object spent on each end of a conversation, with all that follows from it. */
  spent(): Promise<number[]>;
  /** Bytes that all screens have been sent. */
  received(): number;
  stop(): Promise<void>;
};

export async function openDesk(agents: number, waiting: number): Promise<LiveDesk> {
  const bench = await startAparte({ entry: ENTRY, bundle: resolve(bundleWorker(), "index.js") });
  const post = async (path: string, body: unknown) => {
    const answer = await fetch(`${bench.url}${path}`, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  const staff = Array.from({ length: agents }, (_, index) => [personOf(index).id, staffOf(index)]);
  await post("/__publish", { version: 1, settings: {}, staff: Object.fromEntries(staff) });
  let bytes = 0;
  const offers: { agent: number; conversation: string; at: number }[] = [];
  const waits: ((offer: (typeof offers)[number]) => void)[] = [];
  const busy: { agent: number; conversation: string }[] = [];
  const hear = (agent: number, text: string) => {
    bytes += text.length;
    if (!text.startsWith('{"type":"offered"')) return;
    const { conversation = "" } = JSON.parse(text) as Frame;
    const offer = { agent, conversation, at: performance.now() };
    const wait = waits.shift();
    if (wait === undefined) offers.push(offer);
    else wait(offer);
  };
  const sockets = await Promise.all(
    Array.from({ length: agents }, (_, index) => dial(bench.url, index, hear)),
  );
  const take = ({ agent, conversation }: (typeof offers)[number]) => {
    sockets[agent]?.send(JSON.stringify({ type: "accept", conversation }));
    busy.push({ agent, conversation });
  };
  const offered = () =>
    new Promise<(typeof offers)[number]>((done) => {
      const known = offers.shift();
      if (known === undefined) waits.push(done);
      else done(known);
    });

  let next = 0;
  const arrive = async (count: number) => {
    const reports = Array.from({ length: count }, () => reportOf(next++, Date.now()));
    await post("/__reports", reports);
  };
  // Whoever is free is asked as visitors come; the last of the places are for skills that come seldom.
  const places = agents * CAPACITY;
  for (let left = places + waiting; left > 0; left -= BATCH) {
    await arrive(Math.min(BATCH, left));
    for (let offer = offers.shift(); offer !== undefined; offer = offers.shift()) take(offer);
  }
  let revision = 1;
  return {
    received: () => bytes,
    spent: async () => (await (await fetch(`${bench.url}/__spent`)).json()) as number[],
    async decide() {
      const ended = busy.shift();
      if (ended === undefined) throw new Error("nobody has a conversation");
      revision += 1;
      const over = { ...reportOf(0, 0), conversation: ended.conversation, revision, status: "closed" };
      const begun = performance.now();
      const [offer] = await Promise.all([offered(), post("/__reports", [over])]);
      take(offer);
      await arrive(1);
      return offer.at - begun;
    },
    async stop() {
      for (const socket of sockets) socket.close();
      await bench.stop();
    },
  };
}

async function dial(
  url: string,
  index: number,
  hear: (agent: number, text: string) => void,
): Promise<WebSocket> {
  const { id, name } = personOf(index);
  const agent = encodeURIComponent(JSON.stringify({ id, name, role: "agent" }));
  const socket = new WebSocket(`${url.replace("http", "ws")}/__socket?agent=${encodeURIComponent(agent)}`);
  socket.addEventListener("message", (event: MessageEvent<string>) => hear(index, event.data));
  await new Promise((opened, failed) => {
    socket.addEventListener("open", opened, { once: true });
    socket.addEventListener("error", failed, { once: true });
  });
  socket.send(JSON.stringify({ type: "status", state: "online", capacity: CAPACITY }));
  return socket;
}
