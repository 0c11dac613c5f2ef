/**
 * Aparté's Worker with meters and a clock of its own: stands before the bundle (`index.js`), lets everything through,
 * and counts what a bill counts. `GET /__meters` tells the counts, `DELETE` sets them to zero; `POST /__clock` with
 * `{ms}` moves the time on and rings what is due, so that half an hour of silence takes no half an hour; `POST
 * /__schedule` runs the schedule once.
 *
 * Objects   requests are calls, alarms and sockets' openings, messages what comes in by a socket; rows are what SQLite says; a value put under a key is one,
 *           an alarm set or deleted is one, and so is forgetting a visitor's one value.
 * D1        rows are what D1's answers say. Queue operations are three a message and 64 KB: write, read, delete.
 */
import worker, * as real from "./index.js";

const ZERO = {
  worker_requests: 0,
  object_requests: 0,
  object_messages: 0,
  object_busy_ms: 0,
  object_rows_written: 0,
  object_rows_read: 0,
  object_alarms_set: 0,
  queue_operations: 0,
  queue_invocations: 0,
  d1_rows_written: 0,
  d1_rows_read: 0,
  kv_reads: 0,
};
let meters = { ...ZERO, calls: {}, rows: {} };

/** `rows` written by a statement of `place`, kept by its first words: where a bill's rows come from. */
function wrote(place, text, rows) {
  if (rows === 0) return;
  const words = text
    .replaceAll(/["`\s]+/g, " ")
    .trim()
    .slice(0, WORDS_LENGTH);
  const key = `${place}: ${words}`;
  meters.rows[key] = (meters.rows[key] ?? 0) + rows;
}

/** The objects' alarms by namespace and name: rung by the clock here, since the platform's would wait for real time. */
const alarms = new Map();
/** Set by the first look at the clock in a request: while modules load, the platform says 0. */
let begunAt = 0;
let skippedMs = 0;
/** Messages that the queue has taken and history has not yet settled: the clock waits for them, as time would. */
let underWay = 0;
const POLL_MS = 20;
/** What history takes to confirm, at most, where nothing is ill. */
const CONFIRMED_MS = 5_000;
/** How much of a statement tells it from the others. */
const WORDS_LENGTH = 44;
let d1Bytes = 0;
let d1BytesBefore = 0;
const realNow = Date.now.bind(Date);
/** Goes on for no more than a second by itself, and never back. */
let lastNow = 0;
Date.now = () => {
  if (begunAt === 0) begunAt = realNow();
  lastNow = Math.max(lastNow, begunAt + skippedMs + ((realNow() - begunAt) % 1_000));
  return lastNow;
};
const UNIT_BYTES = 64 * 1024;

function meterStorage(storage, namespace) {
  const { sql, kv } = storage;
  const put = kv.put.bind(kv);
  kv.put = (...args) => {
    meters.object_rows_written += 1;
    wrote(namespace, `put ${String(args[0]).split(":", 1)[0]}`, 1);
    put(...args);
  };
  const get = kv.get.bind(kv);
  kv.get = (...args) => {
    meters.object_rows_read += 1;
    return get(...args);
  };
  const { deleteAll } = storage;
  storage.deleteAll = async () => {
    meters.object_rows_written += 1;
    wrote(namespace, "forget", 1);
    await deleteAll.call(storage);
  };
  const one = sql.exec.bind(sql);
  // Of several statements at once the runtime says only what the last of them wrote.
  const exec = (text, ...values) => {
    const each = values.length > 0 ? [text] : text.split(";").filter((part) => part.trim() !== "");
    for (const part of each.slice(0, -1)) {
      const { rowsWritten } = one(part);
      meters.object_rows_written += rowsWritten;
      wrote(namespace, part, rowsWritten);
    }
    return one(each.at(-1), ...values);
  };
  sql.exec = (...args) => {
    const cursor = exec(...args);
    meters.object_rows_written += cursor.rowsWritten;
    wrote(namespace, args[0], cursor.rowsWritten);
    const toArray = cursor.toArray.bind(cursor);
    cursor.toArray = () => {
      const rows = toArray();
      meters.object_rows_read += cursor.rowsRead;
      return rows;
    };
    return cursor;
  };
  return storage;
}

function meterAlarms(ctx, namespace) {
  const { storage } = ctx;
  const own = `${namespace} ${ctx.id.name}`;
  storage.getAlarm = async () => alarms.get(own) ?? null;
  storage.setAlarm = async (at) => {
    meters.object_alarms_set += 1;
    wrote(namespace, "alarm set", 1);
    alarms.set(own, Number(at));
  };
  storage.deleteAlarm = async () => {
    meters.object_alarms_set += 1;
    wrote(namespace, "alarm deleted", 1);
    alarms.delete(own);
  };
}

/** Move the time on by `ms` and ring the alarms that are due, those they set among them. */
async function passTime(env, ms) {
  const until = skippedMs + ms;
  let rangAt = skippedMs;
  for (;;) {
    const due = [...alarms].filter(([, at]) => at <= begunAt + until).toSorted((a, b) => a[1] - b[1])[0];
    if (due === undefined) break;
    const [own, at] = due;
    // What is confirmed within seconds in life must be confirmed here before a later alarm rings, but not before each
    // of those that ring together: an object that waited for all of them would be put out of memory, as none is in life.
    if (at - begunAt > rangAt + CONFIRMED_MS) {
      if (underWay > 0) await settled();
      rangAt = at - begunAt;
    }
    if (alarms.get(own) !== at) continue;
    skippedMs = Math.max(skippedMs, at - begunAt);
    alarms.delete(own);
    const [namespace, name] = [own.slice(0, own.indexOf(" ")), own.slice(own.indexOf(" ") + 1)];
    await env[namespace].getByName(name).ring(at);
  }
  skippedMs = until;
}

async function settled() {
  while (underWay > 0) await scheduler.wait(POLL_MS);
}

const metered = new WeakSet();
function meterEnv(env) {
  if (metered.has(env)) return env;
  metered.add(env);
  const { DB, HISTORY, CONFIG } = env;
  const count = (result, text) => {
    wrote("D1", text, result.meta?.rows_written ?? 0);
    meters.d1_rows_written += result.meta?.rows_written ?? 0;
    meters.d1_rows_read += result.meta?.rows_read ?? 0;
    d1Bytes = result.meta?.size_after ?? d1Bytes;
    return result;
  };
  const batch = DB.batch.bind(DB);
  const texts = new WeakMap();
  DB.batch = async (statements) =>
    (await batch(statements)).map((result, index) => count(result, texts.get(statements[index])));
  const prepare = DB.prepare.bind(DB);
  const watch = (statement, text) => {
    const { bind, run, all } = statement;
    texts.set(statement, text);
    statement.bind = (...values) => watch(bind.apply(statement, values), text);
    statement.run = async () => count(await run.call(statement), text);
    statement.all = async () => count(await all.call(statement), text);
    return statement;
  };
  DB.prepare = (sql) => watch(prepare(sql), sql);
  const send = HISTORY.send.bind(HISTORY);
  HISTORY.send = (body, options) => {
    meters.queue_operations += 3 * Math.ceil(JSON.stringify(body).length / UNIT_BYTES);
    underWay += 1;
    return send(body, options);
  };
  const get = CONFIG.get.bind(CONFIG);
  CONFIG.get = (...args) => {
    meters.kv_reads += 1;
    return get(...args);
  };
  return env;
}

/** How deep in a method's own turn we are: what it calls of itself there is no call from outside. */
let depth = 0;

/** `Class` of `namespace` with its storage metered and each of its public calls counted, or only those of `counted`. */
function meterClass(Class, namespace, counted = null) {
  const Metered = class extends Class {
    constructor(ctx, env) {
      meterStorage(ctx.storage, namespace);
      meterAlarms(ctx, namespace);
      super(ctx, meterEnv(env));
    }
  };
  Metered.prototype.storedBytes = async function () {
    return this.ctx.storage.sql.databaseSize;
  };
  Metered.prototype.knowsNothing = async function () {
    return [...this.ctx.storage.kv.list()].length === 0;
  };
  Metered.prototype.ring = async function (at) {
    return this.alarm({ isRetry: false, retryCount: 0, scheduledTime: at });
  };
  for (
    let proto = Class.prototype;
    proto && proto !== Object.prototype;
    proto = Object.getPrototypeOf(proto)
  ) {
    for (const name of Object.getOwnPropertyNames(proto)) {
      const original = Object.getOwnPropertyDescriptor(proto, name)?.value;
      const known = name === "constructor" || Object.hasOwn(Metered.prototype, name);
      if (typeof original !== "function" || known || (counted && !counted.includes(name))) continue;
      const answered = async function (...args) {
        const begun = performance.now();
        meters[name === "webSocketMessage" ? "object_messages" : "object_requests"] += 1;
        const key = `${namespace}.${name}`;
        meters.calls[key] = (meters.calls[key] ?? 0) + 1;
        depth += 1;
        let answer;
        try {
          answer = original.apply(this, args);
        } finally {
          depth -= 1;
        }
        try {
          return await answer;
        } finally {
          meters.object_busy_ms += performance.now() - begun;
        }
      };
      Metered.prototype[name] = function (...args) {
        return depth > 0 ? original.apply(this, args) : answered.apply(this, args);
      };
    }
  }
  return Metered;
}

const DESK_CALLS = [
  "lease",
  "leaseHeld",
  "renewLease",
  "release",
  "roomChanged",
  "place",
  "claim",
  "visitorMoved",
];
const DESK_REST = ["status", "visitsReported", "admit", "countOpening", "uncountOpening", "confirm"];
const SOCKETS = ["fetch", "alarm", "webSocketMessage", "webSocketClose"];

export const VisitorSession = meterClass(real.VisitorSession, "VISITOR_SESSION");
export const ExemptCounter = real.ExemptCounter;
export const SiteDesk = meterClass(real.SiteDesk, "SITE_DESK", [...DESK_CALLS, ...DESK_REST, ...SOCKETS]);
export const ChatRoom = meterClass(real.ChatRoom, "CHAT_ROOM");

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === "/__meters") {
      if (request.method === "DELETE") {
        meters = { ...ZERO, calls: {}, rows: {} };
        d1BytesBefore = d1Bytes;
      }
      return Response.json({ ...meters, under_way: underWay, d1_bytes: d1Bytes - d1BytesBefore });
    }
    if (pathname === "/__stored") {
      const { name } = await request.json();
      const object = env.VISITOR_SESSION.getByName(name);
      return Response.json({
        bytes: await object.storedBytes(),
        empty: await object.knowsNothing(),
        alarm: alarms.get(`VISITOR_SESSION ${name}`) ?? null,
      });
    }
    if (pathname === "/__schedule") {
      await worker.scheduled({ scheduledTime: Date.now(), cron: "", noRetry() {} }, meterEnv(env), ctx);
      return Response.json({ now: Date.now() });
    }
    if (pathname === "/__clock") {
      await passTime(meterEnv(env), (await request.json()).ms);
      return Response.json({ now: Date.now() });
    }
    meters.worker_requests += 1;
    return worker.fetch(request, meterEnv(env), ctx);
  },
  async queue(batch, env, ctx) {
    meters.queue_invocations += 1;
    await worker.queue(batch, meterEnv(env), ctx);
    underWay -= batch.messages.length;
  },
  scheduled: (controller, env, ctx) => worker.scheduled(controller, meterEnv(env), ctx),
};
