/**
 * The Worker's front door: which noun lives where, and the one place where errors take their shape.
 *
 * Each noun is a module of `routes/`. Nothing here knows what a noun does.
 */
import { Hono } from "hono";
import type { AppEnv } from "./env.ts";
import { ApiError, refusalOf } from "./errors.ts";
import { hosts } from "./hosts.ts";
import { api } from "./routes/api.ts";
import { availability } from "./routes/availability.ts";
import { callbacks } from "./routes/callbacks.ts";
import { conversations } from "./routes/conversations.ts";
import { files } from "./routes/files.ts";
import { health } from "./routes/health.ts";
import { hosted } from "./routes/hosted.ts";
import { ingest } from "./routes/ingest.ts";
import { leftFiles } from "./routes/left-files.ts";
import { pages } from "./routes/pages.ts";

export const app = new Hono<AppEnv>();

app.use(async (c, next) => {
  c.set("now", Date.now());
  await next();
});
app.use(hosts);
app.route("/healthz", health);
app.route("/v1", ingest);
app.route("/v1", availability);
app.route("/v1", callbacks);
app.route("/v1", conversations);
app.route("/v1", files);
app.route("/v1", leftFiles);
app.route("/c", hosted);
app.route("/api", api);
app.route("/", pages);

app.notFound((c) => {
  const error = new ApiError("not_found", `nothing answers ${c.req.method} ${c.req.path}`);
  return c.json(error.body(), error.status);
});

app.onError((error, c) => {
  const { body, status, headers } = refusalOf(error, c.req.path);
  return c.json(body, status, headers);
});
