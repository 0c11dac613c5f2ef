/** Agents for tests: real accounts, signed in through the front door. */
import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { expect } from "vitest";
import { members } from "../../migrations/schema.ts";
import { newId, personInserts } from "../../workers/auth/people.ts";
import { HOST, type Login, postJson } from "./chat-client.ts";

const PASSWORD = "a-long-enough-password-1";

/** A new person with `role` at each of `sites`, signed in. */
export async function signIn(
  name: string,
  sites: readonly string[],
  role: "agent" | "admin" = "agent",
): Promise<Login> {
  const db = drizzle(env.DB);
  const id = newId("usr");
  const email = `${id}@test.example`;
  const now = Date.now();
  await db.batch(await personInserts(db, { id, email, name, password: PASSWORD }, now));
  for (const site of sites) {
    await db.insert(members).values({ id: newId("mem"), site, userId: id, role, createdAt: now });
  }
  const response = await postJson("/api/auth/sign-in/email", { email, password: PASSWORD }, { origin: HOST });
  expect(response.status).toBe(200);
  const cookie = response.headers
    .getSetCookie()
    .map((each) => each.split(";")[0])
    .join("; ");
  return { cookie, id, name };
}
