/**
 * What a noun may ask beyond its schema before one of its items is kept or removed.
 *
 * Shapes  a rule refuses by throwing, in words. Since others may save between its look and the write, it also answers
 *         what must still be so in the transaction of the write itself; where it is not, nothing is written.
 */
import { and, eq, ne, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { resources } from "../../migrations/schema.ts";
import { ApiError } from "../errors.ts";

/** A condition in SQL under which the write still stands. */
export type Still = SQL;

export type Kept = { site: string; id: string; body: Record<string, unknown> };

export type NounRules = {
  /** May `item` be kept, in the place of `before` where there was one? */
  keep?: (env: Env, item: Kept, before: Kept | null) => Promise<Still[]>;
  /** May `item` go? */
  remove?: (env: Env, item: Kept) => Promise<Still[]>;
};

const keyOf = sql`json_extract(${resources.body}, '$.key')`;

/** One item a key: what others refer to must mean one thing. */
export function uniqueKey(noun: string): Required<Pick<NounRules, "keep">> {
  return {
    keep: async (env, { site, id, body }) => {
      const key = String(body.key);
      const taken = await drizzle(env.DB)
        .select({ id: resources.id })
        .from(resources)
        .where(and(eq(resources.site, site), eq(resources.noun, noun), ne(resources.id, id), eq(keyOf, key)))
        .get();
      if (taken !== undefined) throw new ApiError("conflict", `the key ${key} is taken`, { path: "key" });
      return [
        sql`NOT EXISTS (SELECT 1 FROM resources AS other WHERE other.site = ${site} AND other.noun = ${noun}
          AND other.id <> ${id} AND json_extract(other.body, '$.key') = ${key})`,
      ];
    },
  };
}

/** Both must let pass. */
export function everyRule(...rules: readonly NounRules[]): Required<NounRules> {
  return {
    keep: async (env, item, before) => {
      const still: Still[] = [];
      for (const { keep } of rules) still.push(...((await keep?.(env, item, before)) ?? []));
      return still;
    },
    remove: async (env, item) => {
      const still: Still[] = [];
      for (const { remove } of rules) still.push(...((await remove?.(env, item)) ?? []));
      return still;
    },
  };
}

/** `still` as one condition; true where nothing is asked. */
export function allStill(still: readonly Still[]): SQL {
  return still.length === 0 ? sql`TRUE` : sql.join([...still], sql` AND `);
}
