/** A room's whole log as a reader gets it who was never there: page by page, however long it is. */
import { decode, MAX_REPLAY, PROTOCOL_VERSION, ServerFrame } from "../domain/chat/wire.ts";
import type { FinalLog, LogFrame } from "./history.ts";

const PAGE = MAX_REPLAY / 2;
const WITHIN_MS = 30_000;

export function readLog(url: string, token: string): Promise<FinalLog> {
  return new Promise((done, fail) => {
    const socket = new WebSocket(url);
    const events = new Map<number, LogFrame>();
    let epoch = "";
    let head = Number.POSITIVE_INFINITY;
    let pages = 0;
    const end = (act: () => void) => {
      clearTimeout(tooLate);
      socket.close();
      act();
    };
    const tooLate = setTimeout(
      () => end(() => fail(new Error(`the log was not read: ${events.size} of ${head}`))),
      WITHIN_MS,
    );
    const look = () => {
      if (events.size >= head) {
        const ordered = [...events.values()].toSorted((a, b) => a.seq - b.seq);
        return end(() => done({ epoch, head, events: ordered }));
      }
      // A reader without a position is shown the newest at most; what is before is asked for.
      if (pages * PAGE >= head || events.size < Math.min(head, pages * PAGE || MAX_REPLAY)) return;
      const from = pages * PAGE + 1;
      pages += 1;
      socket.send(JSON.stringify({ type: "range", from, to: Math.min(head, from + PAGE - 1) }));
    };
    socket.addEventListener("open", () => {
      const hello = { type: "hello", v: PROTOCOL_VERSION, token, epoch: null, after: 0 };
      socket.send(JSON.stringify(hello));
    });
    socket.addEventListener("message", ({ data }) => {
      const text = String(data);
      const frame = decode(ServerFrame, text);
      if (frame === null) return end(() => fail(new Error(`not a frame: ${text.slice(0, 200)}`)));
      if (frame.type === "welcome") ({ epoch, head } = frame);
      else if (frame.type === "message" || frame.type === "event") {
        events.set(frame.seq, JSON.parse(text) as LogFrame);
      }
      look();
    });
    socket.addEventListener("close", ({ code }) => end(() => fail(new Error(`closed with ${code}`))));
  });
}
