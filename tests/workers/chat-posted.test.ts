/** What a room remembers of the ids under which was posted: exact, however long the log. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { ChatRoomPosted } from "../../durable-objects/chat-room-posted.ts";
import { dialRoom, joinRoom, openConversation } from "./chat-client.ts";
import { makeSite } from "./site.ts";

const VISITOR = { role: "visitor", id: "v", name: null };
const LEA = { role: "agent", id: "lea", name: "Léa" };

/** Run `work` on the storage of a new room, and how to write a message into its log. */
async function inRoom(
  work: (sql: SqlStorage, write: (seq: number, from: object, clientId: string) => void) => void,
): Promise<void> {
  const { id } = await openConversation((await makeSite()).key);
  await runInDurableObject(env.CHAT_ROOM.getByName(id), (_room, { storage: { sql } }) => {
    work(sql, (seq, from, clientId) => {
      const body = {
        type: "message",
        seq,
        at: "2026-01-01T00:00:00.000Z",
        from,
        kind: "text",
        client_id: clientId,
      };
      sql.exec("insert into log (seq, body) values (?, ?)", seq, JSON.stringify(body));
    });
  });
}

test("R-C2: what was posted is known by sender and id, in this life of the object and the next, at any length", async () => {
  await inRoom((sql, write) => {
    const ids = Array.from({ length: 300 }, () => crypto.randomUUID());
    for (const most of [1_000, 200, 40]) {
      sql.exec("delete from log");
      const posted = new ChatRoomPosted(sql, most);
      ids.forEach((id, index) => {
        expect(posted.seqOf("visitor", id)).toBeNull();
        write(index + 1, VISITOR, id);
        posted.add("visitor", id, index + 1);
      });
      for (const known of [posted, new ChatRoomPosted(sql, most)]) {
        expect(ids.map((id) => known.seqOf("visitor", id))).toEqual(ids.map((_, index) => index + 1));
        expect(known.seqOf("agent:lea", ids[0] ?? "")).toBeNull();
        expect(known.seqOf("visitor", crypto.randomUUID())).toBeNull();
      }
      sql.exec("drop index if exists log_client");
    }
  });
});

test("R-C2: one id of two senders is two messages", async () => {
  const id = crypto.randomUUID();
  await inRoom((sql, write) => {
    const posted = new ChatRoomPosted(sql);
    expect(posted.seqOf("visitor", id)).toBeNull();
    write(1, VISITOR, id);
    posted.add("visitor", id, 1);
    expect(posted.seqOf("agent:lea", id)).toBeNull();
    write(2, LEA, id);
    posted.add("agent:lea", id, 2);
    for (const known of [posted, new ChatRoomPosted(sql)]) {
      expect(known.seqOf("visitor", id)).toBe(1);
      expect(known.seqOf("agent:lea", id)).toBe(2);
      expect(known.seqOf("agent:hugo", id)).toBeNull();
    }
  });
});

test("R-C2 R-C4: a log that was written with columns beside the JSON is read as it was, and goes on", async () => {
  const conversation = await openConversation((await makeSite()).key);
  const visitor = await joinRoom(conversation);
  const clientId = crypto.randomUUID();
  const first = await visitor.post("une question", "text", clientId);
  await visitor.post("et une autre");
  const stub = env.CHAT_ROOM.getByName(conversation.id);
  await runInDurableObject(stub, (_room, { storage }) => {
    storage.sql.exec(`
      create table wide (
        seq integer primary key, at integer not null, sender text, client_id text, kind text not null, body text not null
      );
      insert into wide select seq, unixepoch(body ->> '$.at') * 1000, 'visitor', body ->> '$.client_id', 'text', body from log;
      drop table log;
      alter table wide rename to log;
      create unique index log_client on log (client_id, sender) where client_id is not null;
    `);
  });
  await evictDurableObject(stub);
  const back = await dialRoom(conversation.id);
  back.hello(conversation.token);
  expect((await back.next("message", ({ seq }) => seq === 2)).body).toBe("et une autre");
  expect(await back.post("une question", "text", clientId)).toEqual(first);
  expect((await back.post("la suite")).seq).toBe(3);
  await runInDurableObject(stub, (_room, { storage: { sql } }) => {
    expect(sql.exec("select * from log limit 1").columnNames).toEqual(["seq", "body"]);
    expect(
      sql.exec("select name from sqlite_master where name in ('log_client', 'narrow')").toArray(),
    ).toEqual([]);
  });
});
