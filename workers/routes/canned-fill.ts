/**
 * /api/sites/{site}/canned/{id}/fill — a canned answer with its variables filled in for one conversation.
 *
 * The server fills it, because it alone knows what has been proven: of a visitor who has not shown in this very
 * conversation who they are, neither name nor orders are said.
 */
import { createRoute } from "@hono/zod-openapi";
import { and, desc, eq, inArray } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import { type CannedValues, fillCanned } from "../../domain/creative/canned-variables.ts";
import type { SiteKey } from "../../domain/ids.ts";
import { Canned } from "../../domain/site/resources.ts";
import { nameIn } from "../../domain/visit/name.ts";
import { conversations, identities, orders, resources } from "../../migrations/schema.ts";
import { siteOfConversation } from "../conversations/conversation-id.ts";
import { ApiError } from "../errors.ts";
import { loadSite } from "../site/site-config.ts";
import { visitorObject } from "../site/visitor.ts";
import { ItemPath, jsonBody, jsonContent, nounRouter, REFUSALS } from "./openapi.ts";

const fill = createRoute({
  method: "post",
  path: "/{id}/fill",
  summary: "A canned answer, filled in for a conversation; `missing` names what is not known of it",
  tags: ["Canned"],
  request: { params: ItemPath, body: jsonBody(z.object({ conversation: z.string().max(200) })) },
  responses: {
    200: jsonContent(z.object({ text: z.string(), missing: z.array(z.string()) }), "What to say"),
    ...REFUSALS,
  },
});

export const cannedFill = nounRouter();

cannedFill.openapi(fill, async (c) => {
  const { site, id } = c.req.valid("param");
  const { conversation } = c.req.valid("json");
  const { caller } = c.var;
  if (caller.kind !== "user") throw new ApiError("forbidden", "sign in as a person to talk to visitors");
  const db = drizzle(c.env.DB);
  const [rows, own] = await Promise.all([
    db
      .select({ body: resources.body })
      .from(resources)
      .where(and(eq(resources.site, site), eq(resources.noun, "canned"), eq(resources.id, id))),
    siteOfConversation(c.env.TOKEN_SECRET, conversation),
  ]);
  const [row] = rows;
  const whose = own === site ? await c.env.CHAT_ROOM.getByName(conversation).whose() : null;
  if (row === undefined || whose === null)
    throw new ApiError("not_found", "there is no such answer, or no such conversation");
  const { body, locale } = Canned.parse(JSON.parse(row.body));
  const live = await loadSite(c.env, c.executionCtx, site, c.var.now);
  const [page, known] = await Promise.all([
    pageOf(c.env, site, conversation),
    whose.userId === null ? {} : provenValues(c.env, site, whose.visitor, whose.userId, locale),
  ]);
  const values: CannedValues = {
    "agent.name": caller.name,
    "site.name": live?.config.settings.name ?? null,
    "conversation.page": page,
    ...known,
  };
  const filled = fillCanned(body, values, locale);
  if (!filled.ok) throw new ApiError("invalid", filled.problem, { path: "body" });
  return c.json({ text: filled.text, missing: filled.missing }, 200);
});

async function pageOf(env: Env, site: SiteKey, id: string): Promise<string | null> {
  const row = await drizzle(env.DB)
    .select({ page: conversations.page })
    .from(conversations)
    .where(and(eq(conversations.site, site), eq(conversations.id, id)))
    .get();
  return row?.page ?? null;
}

/** The name and the last order of the user whom this conversation's visitor has proven to be. */
async function provenValues(
  env: Env,
  site: SiteKey,
  visitor: string,
  userId: string,
  locale: "fr" | "en",
): Promise<CannedValues> {
  const db = drizzle(env.DB);
  const linked = await db
    .select({ id: identities.visitorId })
    .from(identities)
    .where(and(eq(identities.site, site), eq(identities.userId, userId)))
    .orderBy(desc(identities.at))
    .limit(50);
  const ids = [...new Set([visitor, ...linked.map(({ id }) => id)])];
  const [snapshot, order] = await Promise.all([
    visitorObject(env, site, visitor).snapshot(),
    db
      .select()
      .from(orders)
      .where(and(eq(orders.site, site), inArray(orders.visitorId, ids)))
      .orderBy(desc(orders.at))
      .limit(1)
      .get(),
  ]);
  const traits = snapshot?.user_id === userId ? snapshot.traits : {};
  const name = nameIn(traits);
  const first = textOf(traits["first_name"]) ?? textOf(traits["firstName"]) ?? name?.split(" ")[0] ?? null;
  const date = new Intl.DateTimeFormat(locale === "fr" ? "fr-FR" : "en-GB", { dateStyle: "long" });
  return {
    "visitor.name": name,
    "visitor.first_name": first,
    ...(order === undefined
      ? {}
      : {
          "order.id": order.orderId,
          "order.total": order.total,
          "order.currency": order.currency,
          "order.items": order.items,
          "order.date": date.format(order.at),
        }),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}
