/** Visitors who are engaged and desks that are staffed, for tests: what is kept of them, and what they answer. */
import { env } from "cloudflare:workers";
import { Segment } from "../../domain/site/resources.ts";
import type { VisitorState } from "../../domain/visit/state.ts";
import { configKey } from "../../workers/publish/publish.ts";
import { joinDesk } from "./chat-client.ts";
import { signIn } from "./login.ts";
import { type Answer, send, track } from "./site.ts";
import { nothingOwed, storedState } from "./stored-visitor.ts";

export const deskOf = (site: string) => env.SITE_DESK.getByName(site);
export const objectOf = (site: string, visitor: string) =>
  env.VISITOR_SESSION.getByName(`${site}:${visitor}`);

export { storedState as storedText };

export async function stateOf(site: string, visitor: string): Promise<VisitorState> {
  return JSON.parse(await storedState(site, visitor)) as VisitorState;
}

/** What became of each campaign in the visitor's present visit. */
export async function outcomesOf(site: string, visitor: string) {
  return (await stateOf(site, visitor)).visit?.outcomes;
}

/** Wait until D1 has everything of this visitor, so that whatever is written later is a write of its own. */
export async function settled(site: string, visitor: string): Promise<string> {
  await nothingOwed(site, visitor);
  return storedState(site, visitor);
}

export async function decline(site: string, visitor: string, { decisions }: Answer): Promise<Answer> {
  const [decision] = decisions;
  return send(site, [track(visitor, "Engagement Declined", { decision_id: decision?.id })]);
}

/** Put `segments` into what is published of a site that nobody has asked for yet. */
export async function withSegments(
  site: string,
  segments: (Partial<Segment> & { key: string })[],
): Promise<void> {
  const published = await env.CONFIG.get<object>(configKey(site, 1), { type: "json" });
  const list = segments.map((segment) => Segment.parse({ name: segment.key, condition: {}, ...segment }));
  await env.CONFIG.put(configKey(site, 1), JSON.stringify({ ...published, segments: list }));
}

/** An agent of `site` who takes so many conversations. */
export async function staff(site: string, capacity: number) {
  const desk = await joinDesk(await signIn("Léa", [site]), site);
  desk.send({ type: "status", state: "away", capacity });
  desk.send({ type: "status", state: "online", capacity });
  await desk.find("queue", ({ agents }) =>
    agents.some((agent) => agent.state === "online" && agent.capacity === capacity),
  );
  return desk;
}

export const freeSlots = async (site: string) => (await deskOf(site).status()).free_slots;
export const chat = { kind: "chat" as const, requires_agent: true };
