/**
 * The same least room, with a limiter object for each sender that is called for every message, as the well-known demo of
 * a chat on Workers has it: while the limiter has not answered, the sender's next message waits.
 */
import { DurableObject } from "cloudflare:workers";

export class Limiter extends DurableObject {
  #freeAt = 0;

  /** How many seconds to wait before the next message; here always none, so that the calls alone are measured. */
  fetch() {
    this.#freeAt = Math.max(Date.now(), this.#freeAt);
    return new Response(String(Math.max(0, this.#freeAt - Date.now())));
  }
}

export class Room extends DurableObject {
  #answers = new WeakMap();

  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS log (seq INTEGER PRIMARY KEY, body TEXT NOT NULL)");
  }

  fetch() {
    const { 0: theirs, 1: ours } = new WebSocketPair();
    this.ctx.acceptWebSocket(ours);
    ours.serializeAttachment(crypto.randomUUID());
    return new Response(null, { status: 101, webSocket: theirs });
  }

  async webSocketMessage(socket, frame) {
    const { type, client_id, body } = JSON.parse(frame);
    if (type === "hello") return socket.send('{"type":"welcome"}');
    const before = this.#answers.get(socket);
    this.#answers.set(socket, this.#count(socket, before));
    await before;
    const at = new Date().toISOString();
    const { seq } = this.ctx.storage.sql
      .exec("INSERT INTO log (body) VALUES (?) RETURNING seq", JSON.stringify({ at, client_id, body }))
      .one();
    const text = JSON.stringify({ type: "message", seq, at, client_id, body });
    for (const each of this.ctx.getWebSockets()) each.send(text);
  }

  async #count(socket, before) {
    await before;
    const limiter = this.env.LIMITER.getByName(socket.deserializeAttachment());
    return Number(await (await limiter.fetch("https://limiter/", { method: "POST" })).text());
  }
}

export { default } from "./bare-room.js";
