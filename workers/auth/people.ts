/** Making an account: the rows of a person who signs in with e-mail and password. */
import { uuidv7 } from "uuidv7";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { EpochMs } from "../../domain/ids.ts";
import { account, user } from "../../migrations/schema.ts";
import { hashPassword } from "./password.ts";

export type NewPerson = {
  id: string;
  email: string;
  name: string;
  password: string;
  installationAdmin?: boolean;
};

/** A new id with its type's prefix; ids of one type sort by the moment of their making. */
export function newId(prefix: string): string {
  return `${prefix}_${uuidv7().replaceAll("-", "")}`;
}

/** The two inserts that make `person`; for the caller's batch, so that they stand or fall with the rest. */
export async function personInserts(db: DrizzleD1Database, person: NewPerson, now: EpochMs) {
  const at = new Date(now);
  const stamps = { createdAt: at, updatedAt: at };
  const { id, name, installationAdmin = false } = person;
  const email = person.email.toLowerCase();
  const password = await hashPassword(person.password);
  return [
    db.insert(user).values({ id, email, name, emailVerified: true, installationAdmin, ...stamps }),
    db
      .insert(account)
      .values({ id: newId("acc"), accountId: id, providerId: "credential", userId: id, password, ...stamps }),
  ] as const;
}
