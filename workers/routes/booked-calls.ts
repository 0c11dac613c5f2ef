/**
 * /api/sites/{site}/callbacks — the calls that visitors booked: who takes which, and what became of it.
 *
 * Everybody of the site sees them. What an agent has taken, another agent cannot conclude; an admin can.
 */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { CALL_OUTCOMES, CALL_STATUSES, calendarOf, refusalFor } from "../../domain/availability/callback.ts";
import { isoOf } from "../../domain/ids.ts";
import {
  claimCall,
  concludeCall,
  findCall,
  type Listed,
  listCalls,
  LISTS,
  releaseCall,
} from "../callbacks/calls-of-site.ts";
import { shownPhone } from "../callbacks/phone.ts";
import { referenceOf } from "../callbacks/reference.ts";
import { ApiError } from "../errors.ts";
import { visitorObject } from "../site/visitor.ts";
import { actorOf } from "./audit-trail.ts";
import {
  type Asked,
  ItemPath,
  jsonBody,
  jsonContent,
  listOf,
  nounRouter,
  Page,
  pageOf,
  readCursor,
  REFUSALS,
  SitePath,
} from "./openapi.ts";

const CallItem = z.object({
  id: z.string(),
  reference: z.string(),
  visitor_id: z.string(),
  created_at: z.string(),
  slot: z.string(),
  ends_at: z.string(),
  /** E.164, and as people write it. */
  phone: z.string(),
  phone_shown: z.string(),
  name: z.string().nullable(),
  topic: z.string().nullable(),
  locale: z.string(),
  page: z.string().nullable(),
  status: z.enum(CALL_STATUSES),
  agent: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
  claimed_at: z.string().nullable(),
  outcome: z.enum(CALL_OUTCOMES).nullable(),
  note: z.string().nullable(),
  concluded_at: z.string().nullable(),
});
const Conclusion = z.object({
  outcome: z.enum(CALL_OUTCOMES),
  note: z.string().trim().max(2_000).nullish(),
});

const tags = ["Callbacks"];
const conflict = { 409: { description: "Somebody else has it, or it is over." } };
const list = createRoute({
  method: "get",
  path: "/",
  summary: "Calls that visitors booked; open ones first by when they are due, others the latest first",
  tags,
  request: { params: SitePath, query: Page.extend({ status: z.enum(LISTS).default("open") }) },
  responses: { 200: jsonContent(listOf(CallItem), "Calls"), ...REFUSALS },
});
const calendar = createRoute({
  method: "get",
  path: "/{id}/calendar.ics",
  summary: "A call for the agent's calendar",
  tags,
  request: { params: ItemPath },
  responses: {
    200: { description: "An iCalendar file", content: { "text/calendar": { schema: z.string() } } },
    ...REFUSALS,
  },
});
const read = createRoute({
  method: "get",
  path: "/{id}",
  summary: "Read a call",
  tags,
  request: { params: ItemPath },
  responses: { 200: jsonContent(CallItem, "The call"), ...REFUSALS },
});
const claim = createRoute({
  method: "post",
  path: "/{id}/claim",
  summary: "Take a call",
  tags,
  request: { params: ItemPath },
  responses: { 200: jsonContent(CallItem, "The call, now yours"), ...conflict, ...REFUSALS },
});
const release = createRoute({
  method: "post",
  path: "/{id}/release",
  summary: "Give a call back",
  tags,
  request: { params: ItemPath },
  responses: { 200: jsonContent(CallItem, "The call, nobody's"), ...conflict, ...REFUSALS },
});
const conclude = createRoute({
  method: "post",
  path: "/{id}/conclude",
  summary: "Say what became of a call",
  tags,
  request: { params: ItemPath, body: jsonBody(Conclusion) },
  responses: { 200: jsonContent(CallItem, "The call, done"), ...conflict, ...REFUSALS },
});

export const bookedCalls = nounRouter();

bookedCalls.openapi(list, async (c) => {
  const { site } = c.req.valid("param");
  const { cursor, limit, status } = c.req.valid("query");
  const after = cursor === undefined ? null : readCursor(z.tuple([z.number(), z.string()]), cursor);
  const rows = await listCalls(c.env, site, { list: status, after, limit: limit + 1 });
  const page = pageOf(
    rows,
    limit,
    ({ slot_at, id }) => [slot_at, id],
    (row) => row,
  );
  return c.json({ ...page, items: await Promise.all(page.items.map(itemOf)) }, 200);
});

bookedCalls.openapi(calendar, async (c) => {
  const { site, id } = c.req.valid("param");
  const call = await existing(c.env, site, id);
  const reference = await referenceOf(site, id);
  const who = call.name ?? shownPhone(call.phone);
  const file = calendarOf({
    uid: `${id}@${site}.aparte`,
    from: call.slot_at,
    to: call.slot_ends_at,
    title: call.locale.startsWith("en") ? `Call ${who}` : `Appeler ${who}`,
    text: [shownPhone(call.phone), call.topic, call.page, reference].filter((part) => part).join("\n"),
    changedAt: c.get("now"),
  });
  return c.body(file, 200, {
    "content-type": "text/calendar; charset=utf-8",
    "content-disposition": `attachment; filename="${reference}.ics"`,
  });
});

bookedCalls.openapi(read, async (c) => {
  const { site, id } = c.req.valid("param");
  return c.json(await itemOf(await existing(c.env, site, id)), 200);
});

bookedCalls.openapi(claim, async (c) => {
  const { site, id } = c.req.valid("param");
  const call = await existing(c.env, site, id);
  if (!(await claimCall(c.env, byCaller(c, site, id)))) throw refused(c, call);
  return c.json(await itemOf(await existing(c.env, site, id)), 200);
});

bookedCalls.openapi(release, async (c) => {
  const { site, id } = c.req.valid("param");
  const call = await existing(c.env, site, id);
  if (!(await releaseCall(c.env, byCaller(c, site, id)))) throw refused(c, call);
  return c.json(await itemOf(await existing(c.env, site, id)), 200);
});

bookedCalls.openapi(conclude, async (c) => {
  const { site, id } = c.req.valid("param");
  const { outcome, note } = c.req.valid("json");
  const call = await existing(c.env, site, id);
  const concluded = await concludeCall(c.env, byCaller(c, site, id), { outcome, note: note || null });
  // Said again, as after a lost answer: the visitor hears it again, and nothing else changes.
  if (!concluded && !(call.status === "done" && call.outcome === outcome)) throw refused(c, call);
  await visitorObject(c.env, site, call.visitor_id).callConcluded(outcome);
  return c.json(await itemOf(await existing(c.env, site, id)), 200);
});

type Caller = Asked & { get(name: "role"): "admin" | "agent" };

function byCaller(c: Caller, site: string, id: string) {
  return { site, id, agent: actorOf(c.var.caller), isAdmin: c.get("role") === "admin", now: c.var.now };
}

/** Why nothing was changed, by the call as it was read; who was overtaken since hears the same. */
function refused(c: Caller, call: Listed): ApiError {
  const held = { status: call.status, agentId: call.agent_id };
  const reason = refusalFor(held, actorOf(c.var.caller), c.get("role") === "admin") ?? "taken";
  if (reason === "taken") return new ApiError("conflict", "somebody else has this call");
  return new ApiError(
    "closed",
    reason === "done" ? "this call is done" : "the visitor has cancelled this call",
  );
}

async function existing(env: Env, site: string, id: string): Promise<Listed> {
  const call = await findCall(env, site, id);
  if (call === null) throw new ApiError("not_found", "there is no such call");
  return call;
}

const momentOf = (at: number | null): string | null => (at === null ? null : isoOf(at));

async function itemOf(call: Listed): Promise<z.infer<typeof CallItem>> {
  const { id, visitor_id, phone, name, topic, locale, page, status, outcome, note } = call;
  return {
    id,
    reference: await referenceOf(call.site, id),
    visitor_id,
    created_at: isoOf(call.created_at),
    slot: isoOf(call.slot_at),
    ends_at: isoOf(call.slot_ends_at),
    phone,
    phone_shown: shownPhone(phone),
    name,
    topic,
    locale,
    page,
    status,
    agent: call.agent_id === null ? null : { id: call.agent_id, name: call.agent_name },
    claimed_at: momentOf(call.claimed_at),
    outcome,
    note,
    concluded_at: momentOf(call.concluded_at),
  };
}
