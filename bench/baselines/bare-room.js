/**
 * The least that a room could do: hibernating sockets, one INSERT a message and one JSON.stringify a broadcast. Nobody is
 * asked who they are, nothing is limited, nothing is told to anybody else. What Aparté's room adds is measured against it.
 */
import { DurableObject } from "cloudflare:workers";

export class Room extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS log (seq INTEGER PRIMARY KEY, body TEXT NOT NULL)");
  }

  fetch() {
    const { 0: theirs, 1: ours } = new WebSocketPair();
    this.ctx.acceptWebSocket(ours);
    return new Response(null, { status: 101, webSocket: theirs });
  }

  webSocketMessage(socket, frame) {
    const { type, client_id, body } = JSON.parse(frame);
    if (type === "hello") return socket.send('{"type":"welcome"}');
    const at = new Date().toISOString();
    const { seq } = this.ctx.storage.sql
      .exec("INSERT INTO log (body) VALUES (?) RETURNING seq", JSON.stringify({ at, client_id, body }))
      .one();
    const text = JSON.stringify({ type: "message", seq, at, client_id, body });
    for (const each of this.ctx.getWebSockets()) each.send(text);
  }
}

export default {
  fetch(request, env) {
    return env.ROOM.getByName(new URL(request.url).pathname).fetch(request);
  },
};
