/**
 * Aparté's Worker with faults to order: stands before the bundle (`index.js`), lets everything through, and does at
 * `POST /__faults/NAME` what on the platform only happens by itself.
 *
 * evict    put an object out of memory, its sockets asleep (`hibernate`) or cut (`close`)
 * clock    move the time on by `{ms}`, for every object at once; alarms ring when they are asked to
 * ring     run an object's alarm now
 * renew    empty a room's storage, or set it back to `{keep}` events, and renew the room as an operator does
 * meters   what was read from D1 since the last time, how many errors were reported, how much memory is used
 */
import unsafe from "workerd:unsafe";
import worker, * as real from "./index.js";

const realNow = Date.now.bind(Date);
let skippedMs = 0;
Date.now = () => realNow() + skippedMs;

const meters = { d1Queries: 0, d1Statements: [], errors: [] };
const MOST_KEPT = 50;
const { error } = console;
console.error = (...words) => {
  const line = words.map(String).join(" ");
  // A warning tells of something that is seen to: a refusal, another try.
  if (!line.includes('"level":"warn"') && meters.errors.length < MOST_KEPT) meters.errors.push(line);
  error(...words);
};

const metered = new WeakSet();
function meterEnv(env) {
  if (metered.has(env)) return env;
  metered.add(env);
  const { DB } = env;
  const prepare = DB.prepare.bind(DB);
  DB.prepare = (sql) => {
    meters.d1Queries += 1;
    if (meters.d1Statements.length < MOST_KEPT) meters.d1Statements.push(sql);
    return prepare(sql);
  };
  return env;
}

function faulty(Class) {
  return class extends Class {
    constructor(ctx, env) {
      super(ctx, meterEnv(env));
    }

    async __ring() {
      await this.alarm({ isRetry: false, retryCount: 0, scheduledTime: Date.now() });
    }

    /** As a restore to an earlier moment leaves it: the same epoch, and every socket cut. */
    async __setBack(keep) {
      const { storage } = this.ctx;
      const [row] = storage.sql.exec("select body from room where id = 1").toArray();
      const room = { ...JSON.parse(row.body), loggedSeq: 0 };
      const log = storage.sql.exec("select * from log where seq <= ? order by seq", keep).toArray();
      const tables = storage.sql
        .exec("select sql from sqlite_master where sql is not null and name not like '\\_cf%' escape '\\'")
        .toArray();
      await storage.deleteAll();
      for (const { sql } of tables) {
        storage.sql.exec(sql.replace(/^create (table|unique index|index) /i, "create $1 if not exists "));
      }
      storage.sql.exec("insert into room (id, body) values (1, ?)", JSON.stringify(room));
      for (const event of log) {
        const names = Object.keys(event);
        const places = names.map(() => "?").join(", ");
        storage.sql.exec(`insert into log (${names.join(", ")}) values (${places})`, ...Object.values(event));
      }
      await storage.sync();
      this.ctx.abort("set back");
    }
  };
}

export const VisitorSession = faulty(real.VisitorSession);
export const ExemptCounter = real.ExemptCounter;
export const SiteDesk = faulty(real.SiteDesk);
export const ChatRoom = faulty(real.ChatRoom);

/** Rooms that are set back and not renewed yet: whoever comes to one waits, so that each run goes one way. */
const setBack = new Map();

const ORDERS = {
  async evict(env, { binding, name, webSockets }) {
    try {
      await unsafe.evict(env[binding].getByName(name), { webSockets });
    } catch (cause) {
      // It was out of memory already.
      if (!String(cause).includes("not currently running")) throw cause;
    }
  },
  async clock(_env, { ms }) {
    skippedMs += Math.round(ms); // moments are whole milliseconds
    return { now: Date.now() };
  },
  async ring(env, { binding, name }) {
    await env[binding].getByName(name).__ring();
  },
  async renew(env, { name, keep }) {
    const { promise, resolve } = Promise.withResolvers();
    setBack.set(name, promise);
    try {
      await env.CHAT_ROOM.getByName(name).__setBack(keep);
    } catch (cause) {
      if (!String(cause).includes("set back")) throw cause;
    }
    await env.CHAT_ROOM.getByName(name).renew(Date.now());
    setBack.delete(name);
    resolve();
  },
  async meters() {
    const now = { ...meters };
    Object.assign(meters, { d1Queries: 0, d1Statements: [], errors: [] });
    return now;
  },
};

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    const [, order] = /^\/__faults\/(\w+)$/.exec(pathname) ?? [];
    if (order === undefined) {
      const [, room] = /\/conversations\/([^/]+)\//.exec(pathname) ?? [];
      await setBack.get(room);
      return worker.fetch(request, meterEnv(env), ctx);
    }
    const answer = await ORDERS[order](env, await request.json());
    return Response.json(answer ?? {});
  },
  queue: (batch, env, ctx) => worker.queue(batch, meterEnv(env), ctx),
  scheduled: (controller, env, ctx) => worker.scheduled(controller, meterEnv(env), ctx),
};
