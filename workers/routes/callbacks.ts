/**
 * /v1/callbacks — a visitor books a call, moves it or cancels it.
 *
 * Who booked it gets a token for it; an `anonymousId` is no secret and opens nothing. The same `request_id` of the same
 * visitor is the same call.
 */
import { type Context, Hono } from "hono";
import * as z from "zod";
import { calendarOf } from "../../domain/availability/callback.ts";
import type { Slot } from "../../domain/availability/slots.ts";
import { isoOf } from "../../domain/ids.ts";
import { sha256Hex } from "../../durable-objects/sha256.ts";
import { bookCall, type Call, callIdOf, cancelCall, moveCall, readCall } from "../callbacks/book.ts";
import { callTokenOf, opensCall } from "../callbacks/call-token.ts";
import { freeSlotsOf, slotsOf } from "../callbacks/free-slots.ts";
import { countryOf, phoneOf, shownPhone } from "../callbacks/phone.ts";
import { referenceOf } from "../callbacks/reference.ts";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";
import { mayPass } from "../ingest/address-limit.ts";
import { admit } from "../ingest/tracking.ts";
import { visitorOf } from "../ingest/visitor-id.ts";
import { mailerOf } from "../mail/mailer.ts";
import { sendLettersOf } from "../mail/send-letters.ts";
import type { LiveSite } from "../site/site-config.ts";
import { siteAsked } from "./availability.ts";
import { parseOrRefuse } from "./openapi.ts";

const text = (max: number) => z.string().trim().max(max).nullish();
const Booking = z.object({
  anonymousId: z.string().trim().min(1).max(200),
  request_id: z.uuid(),
  phone: z.string().trim().min(1).max(40),
  slot: z.iso.datetime({ offset: true }),
  name: text(120),
  topic: text(500),
  locale: text(20),
  page: text(2_000),
});
const Change = z.object({ token: z.string().max(200) });
const Move = Change.extend({ slot: z.iso.datetime({ offset: true }) });

export const callbacks = new Hono<AppEnv>();

callbacks.get("/callbacks/slots", async (c) => {
  const live = await siteAsked(c);
  const { site, settings } = live.config;
  if (!(await mayPass(c.env, site, addressOf(c)))) throw tooMany("too many requests from this address", 10);
  const slots = await freeSlotsOf(c.env, live.config, c.var.now);
  c.header("Cache-Control", "no-store");
  return c.json({
    slots: slots.map(({ from, to }) => ({ at: isoOf(from), ends_at: isoOf(to) })),
    timezone: settings.timezone,
    country: countryIn(c, live),
  });
});

callbacks.post("/callbacks", async (c) => {
  const { live, body } = await admitted(c);
  const { site, settings } = live.config;
  const wanted = parseOrRefuse(Booking, body);
  const visitor = visitorOf(wanted, false);
  const id = await callIdOf(visitor, wanted.request_id);
  const known = await readCall(c.env, site, id);
  if (known !== null) return c.json(await told(c, live, known), 200);

  const phone = phoneOf(wanted.phone, countryIn(c, live));
  if (phone === null) throw new ApiError("invalid", "nobody can be called at this number", { path: "phone" });
  const call = {
    site,
    id,
    visitor_id: visitor,
    phone,
    name: wanted.name || null,
    topic: wanted.topic || null,
    locale: wanted.locale || settings.locale,
    page: wanted.page || null,
    address: (await sha256Hex(`callback:${site}:${addressOf(c)}`)).slice(0, 32),
    slot: slotAt(c, live, wanted.slot),
  };
  const booked = await bookCall(c.env, call, settings.callbacks, c.var.now);
  if (booked.ok) {
    if (!booked.repeated) c.executionCtx.waitUntil(tellSite(c, site));
    return c.json(await told(c, live, booked.call), booked.repeated ? 200 : 201);
  }
  if (booked.reason === "visitor") throw tooMany("as many calls are booked already as may be", 3_600);
  if (booked.reason === "address") throw tooMany("too many calls were booked from here", 3_600);
  throw full();
});

callbacks.post("/callbacks/:id/move", async (c) => {
  const { live, body } = await admitted(c);
  const { site, settings } = live.config;
  const id = c.req.param("id");
  await assertToken(c, site, id, body);
  const slot = slotAt(c, live, parseOrRefuse(Move, body).slot);
  const moved = await moveCall(c.env, { site, id, slot, capacity: settings.callbacks.capacity });
  if (moved !== null) return c.json(await told(c, live, moved));
  const known = await readCall(c.env, site, id);
  throw known?.status === "booked" || known?.status === "claimed" ? full() : over();
});

callbacks.post("/callbacks/:id/cancel", async (c) => {
  const { live, body } = await admitted(c);
  const { site } = live.config;
  const id = c.req.param("id");
  await assertToken(c, site, id, body);
  const cancelled = await cancelCall(c.env, site, id, c.var.now);
  if (cancelled === null) throw over();
  return c.json(await told(c, live, cancelled));
});

/** What the visitor is told of the call: enough to show it, put it into a calendar, move it or cancel it. */
async function told(c: Context<AppEnv>, live: LiveSite, call: Call) {
  const { site, settings } = live.config;
  const { id, slot_at: from, slot_ends_at: to, status, phone } = call;
  const reference = await referenceOf(site, id);
  const french = !call.locale.startsWith("en");
  return {
    callback: { id, reference, slot: isoOf(from), ends_at: isoOf(to), status, phone: shownPhone(phone) },
    token: await callTokenOf(c.env, site, id),
    timezone: settings.timezone,
    ics: calendarOf({
      uid: `${id}@${site}.aparte`,
      from,
      to,
      title: french ? `${settings.name} vous appelle` : `${settings.name} calls you`,
      text: `${shownPhone(phone)} · ${french ? "Référence" : "Reference"} ${reference}`,
      changedAt: c.var.now,
    }),
  };
}

/** The site's people are written to at once; what goes wrong the schedule does again. */
async function tellSite(c: Context<AppEnv>, site: string): Promise<void> {
  const failures = await sendLettersOf(c.env, mailerOf(c.env), site, c.var.now);
  for (const failure of failures) {
    console.error(JSON.stringify({ level: "warn", what: "letter", site, error: String(failure) }));
  }
}

async function admitted(c: Context<AppEnv>): Promise<{ live: LiveSite; body: unknown }> {
  const { env, executionCtx: ctx, var: vars } = c;
  const { live, body } = await admit(
    { request: c.req.raw, env, ctx, now: vars.now, decide: false },
    () => undefined,
  );
  return { live, body };
}

async function assertToken(c: Context<AppEnv>, site: string, id: string, body: unknown): Promise<void> {
  const { success, data } = Change.safeParse(body);
  if (!success || !(await opensCall(c.env, site, id, data.token)))
    throw new ApiError("invalid_token", "send this call's token");
  if ((await readCall(c.env, site, id)) === null) throw new ApiError("not_found", "there is no such call");
}

/** The slot that begins at `wanted`; whether it has a place is for the booking itself to say. */
function slotAt(c: Context<AppEnv>, { config }: LiveSite, wanted: string): Slot {
  const at = Date.parse(wanted);
  const slot = slotsOf(config, c.var.now).find(({ from }) => from === at);
  if (slot === undefined)
    throw new ApiError("invalid", "no call can be booked at this time", { path: "slot" });
  return slot;
}

function countryIn(c: Context<AppEnv>, { config }: LiveSite) {
  const { country = null } = (c.req.raw.cf ?? {}) as { country?: string };
  return countryOf(country, config.settings.locale);
}

function addressOf(c: Context<AppEnv>): string {
  return c.req.header("cf-connecting-ip") ?? "local";
}

function full(): ApiError {
  return new ApiError("conflict", "this time was just taken; choose another", { path: "slot" });
}

function over(): ApiError {
  return new ApiError("closed", "this call is over");
}

function tooMany(message: string, waitSeconds: number): ApiError {
  return new ApiError("rate_limited", message, { headers: { "Retry-After": String(waitSeconds) } });
}
