/**
 * The demo site, made once in an empty state and never in a deployed installation: its users, API key, campaigns,
 * segments, articles and canned answers (`contract.md` §1). Ids are fixed, so that a demo can be spoken about.
 */
import type { BatchItem } from "drizzle-orm/batch";
import { drizzle, type DrizzleD1Database } from "drizzle-orm/d1";
import type { EpochMs } from "../../domain/ids.ts";
import { SiteSettings } from "../../domain/site/settings.ts";
import { CampaignInput } from "../../domain/targeting/campaign.ts";
import {
  apiKeys,
  campaignPhases,
  campaigns,
  installation,
  members,
  resources,
  sites,
} from "../../migrations/schema.ts";
import { hashApiKey } from "../auth/api-key.ts";
import { personInserts } from "../auth/people.ts";
import { publish } from "../publish/publish.ts";
import { DEMO_ARTICLES, DEMO_CANNED } from "./answers.ts";
import { DEMO_LIVE } from "./campaigns.ts";
import { DEMO_DRAFTS } from "./drafts.ts";
import { DEMO_CALLS, DEMO_FUNNELS, DEMO_HOURS, DEMO_PRESSURE, DEMO_SEGMENTS } from "./targeting.ts";

export const DEMO_SITE = "demo";
export const DEMO_PASSWORD = "aparte-demo-1";
export const DEMO_API_KEY = "ak_demo_local_only";

export const DEMO_PEOPLE = [
  { id: "usr_demo_anne", email: "admin@demo.test", name: "Anne D.", role: "admin" },
  { id: "usr_demo_lea", email: "lea@demo.test", name: "Léa Martin", role: "agent" },
  { id: "usr_demo_hugo", email: "hugo@demo.test", name: "Hugo Petit", role: "agent" },
] as const;

export const DEMO_SKILLS = [
  {
    key: "tailles",
    name: "Tailles et coupes",
    description: "Choix de la taille, de la coupe, du tissu",
    agents: [],
  },
  {
    key: "commandes",
    name: "Commandes et retours",
    description: "Livraison, échange, remboursement",
    agents: [],
  },
];
export const DEMO_GOALS = [
  { key: "commande", name: "Commande", kind: "sale", value: null, event: null },
  { key: "rappel", name: "Demande de rappel", kind: "lead", value: null, event: "Lead Submitted" },
];

/** Makes the demo site. Throws on a second call, by the unique row `setup` of `installation`. */
export async function seedDemo(env: Env, now: EpochMs): Promise<void> {
  const db = drizzle(env.DB);
  const settings = SiteSettings.parse({
    key: DEMO_SITE,
    name: "Atelier Lin",
    default_consent: "granted",
    global_holdout: 0,
    // The demo is for trying things, also with a browser that a program drives.
    admit_headless: true,
    conversations_per_visitor_hour: 100_000,
    conversations_per_address_hour: 100_000,
    sockets_per_visitor: 10_000,
    sockets_per_address_minute: 100_000,
    pressure: DEMO_PRESSURE,
    ...DEMO_HOURS,
    callbacks: DEMO_CALLS,
  });
  await db.batch([
    db.insert(installation).values({ key: "setup", value: "demo" }),
    db.insert(sites).values({ key: DEMO_SITE, settings: JSON.stringify(settings), createdAt: now }),
    ...(await peopleInserts(db, now)),
    db.insert(apiKeys).values({
      id: "key_demo_local",
      site: DEMO_SITE,
      name: "Local demo",
      hash: await hashApiKey(DEMO_API_KEY),
      createdAt: now,
    }),
    ...campaignInserts(db, now),
    ...resourceInserts(db, "articles", "art", DEMO_ARTICLES, now),
    ...resourceInserts(db, "canned", "can", DEMO_CANNED, now),
    ...resourceInserts(db, "skills", "skl", DEMO_SKILLS, now),
    ...resourceInserts(db, "goals", "goa", DEMO_GOALS, now),
    ...resourceInserts(db, "segments", "seg", DEMO_SEGMENTS, now),
    ...resourceInserts(db, "funnels", "fun", DEMO_FUNNELS, now),
  ]);
  await publish(env, DEMO_SITE, now);
}

async function peopleInserts(db: DrizzleD1Database, now: EpochMs): Promise<BatchItem<"sqlite">[]> {
  const inserts = await Promise.all(
    DEMO_PEOPLE.map(async ({ id, email, name, role }) => [
      ...(await personInserts(
        db,
        { id, email, name, password: DEMO_PASSWORD, installationAdmin: role === "admin" },
        now,
      )),
      db.insert(members).values({ id: `mem_${id}`, site: DEMO_SITE, userId: id, role, createdAt: now }),
    ]),
  );
  return inserts.flat();
}

function campaignInserts(db: DrizzleD1Database, now: EpochMs): BatchItem<"sqlite">[] {
  return [...DEMO_LIVE, ...DEMO_DRAFTS].flatMap(({ id, body }) => {
    const input = CampaignInput.parse(body);
    const stored = JSON.stringify(input);
    const { status, name } = input;
    const row = { id, site: DEMO_SITE, status, name, body: stored, createdAt: now, updatedAt: now };
    const goal = DEMO_GOALS.find(({ key }) => key === input.goal);
    const kept = goal === undefined ? null : JSON.stringify(goal);
    const phase = { site: DEMO_SITE, campaignId: id, phase: 1, body: stored, startedAt: now, goal: kept };
    return [
      db.insert(campaigns).values(row),
      ...(status === "live" ? [db.insert(campaignPhases).values(phase)] : []),
    ];
  });
}

function resourceInserts(
  db: DrizzleD1Database,
  noun: string,
  prefix: string,
  bodies: readonly object[],
  now: EpochMs,
): BatchItem<"sqlite">[] {
  return bodies.map((body, index) =>
    db.insert(resources).values({
      id: `${prefix}_demo_${String(index + 1).padStart(2, "0")}`,
      site: DEMO_SITE,
      noun,
      body: JSON.stringify(body),
      createdAt: now,
      updatedAt: now,
    }),
  );
}
