/** Who meets at a desk in these tests: an agent who takes conversations, a visitor who has said something. */
import { env } from "cloudflare:workers";
import {
  type Conversation,
  type DeskClient,
  joinDesk,
  joinRoom,
  type Login,
  openConversation,
} from "./chat-client.ts";

export const deskOf = (site: string) => env.SITE_DESK.getByName(site);

/** `login` at the desk of `site`, taking conversations. */
export async function goOnline(login: Login, site: string, capacity = 3): Promise<DeskClient> {
  const client = await joinDesk(login, site);
  client.send({ type: "status", state: "away", capacity });
  client.send({ type: "status", state: "online", capacity });
  await client.find("queue", ({ agents }) =>
    agents.some((agent) => agent.id === login.id && agent.state === "online"),
  );
  return client;
}

/** A visitor who has said something, in a room of their own. */
export async function arrive(site: string, more: Record<string, unknown> = {}) {
  const conversation = await openConversation(site, more);
  const visitor = await joinRoom(conversation);
  await visitor.post("bonjour");
  return { conversation, visitor };
}

/** The agent at `desk` takes what they are offered. */
export async function accept(desk: DeskClient, { id }: Conversation): Promise<void> {
  await desk.next("offered", ({ conversation }) => conversation === id);
  desk.send({ type: "accept", conversation: id });
  await desk.next("assigned", ({ conversation }) => conversation === id);
}
