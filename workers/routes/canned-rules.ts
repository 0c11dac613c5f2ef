/** What a canned answer must hold to beyond its schema: words that can be filled in, and a shortcut of its own in its language. */
import { and, eq, ne, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { cannedProblem } from "../../domain/creative/canned-variables.ts";
import { resources } from "../../migrations/schema.ts";
import { ApiError } from "../errors.ts";
import type { NounRules } from "./resource-rules.ts";

const field = (name: string) => sql`json_extract(${resources.body}, ${`$.${name}`})`;

export const cannedRules: NounRules = {
  keep: async (env, { site, id, body }, before) => {
    const problem = cannedProblem(String(body.body));
    if (problem !== null) throw new ApiError("invalid", problem.message, { path: "body" });
    const [shortcut, locale] = [String(body.shortcut), String(body.locale)];
    if (before?.body.shortcut === shortcut && before.body.locale === locale) return [];
    const taken = await drizzle(env.DB)
      .select({ id: resources.id })
      .from(resources)
      .where(
        and(
          eq(resources.site, site),
          eq(resources.noun, "canned"),
          ne(resources.id, id),
          eq(field("shortcut"), shortcut),
          eq(field("locale"), locale),
        ),
      )
      .get();
    if (taken !== undefined) {
      throw new ApiError("conflict", `/${shortcut} is taken in this language`, { path: "shortcut" });
    }
    return [
      sql`NOT EXISTS (SELECT 1 FROM resources AS other WHERE other.site = ${site} AND other.noun = 'canned'
        AND other.id <> ${id} AND json_extract(other.body, '$.shortcut') = ${shortcut}
        AND json_extract(other.body, '$.locale') = ${locale})`,
    ];
  },
};
