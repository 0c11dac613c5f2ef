/** The Worker's entry: requests, the history queue and its dead letters, the clock; and the four kinds of object. */
import { app } from "./app.ts";
import { consumeDeadLetters } from "./history/dead-letters.ts";
import { consumeHistory } from "./history/consumer.ts";
import { answerBeacon } from "./ingest/tracking.ts";
import { runSchedule } from "./schedule.ts";

export { ChatRoom } from "../durable-objects/chat-room.ts";
export { ExemptCounter } from "../durable-objects/exempt-counter.ts";
export { SiteDesk } from "../durable-objects/site-desk.ts";
export { VisitorSession } from "../durable-objects/visitor-session.ts";

export default {
  fetch(request: Request, env, ctx): Response | Promise<Response> {
    return answerBeacon(request, env, ctx) ?? app.fetch(request, env, ctx);
  },
  async queue(batch, env): Promise<void> {
    if (batch.queue.endsWith("-dead")) await consumeDeadLetters(batch, env);
    else await consumeHistory(batch, env);
  },
  async scheduled(_controller, env): Promise<void> {
    await runSchedule(env, Date.now());
  },
} satisfies ExportedHandler<Env>;
