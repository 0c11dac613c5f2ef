/** What a visitor's object has written, and what it still owes, for tests. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eventually } from "./eventually.ts";

/** The JSON of the state as it is stored. */
export function storedState(site: string, visitor: string): Promise<string> {
  const object = env.VISITOR_SESSION.getByName(`${site}:${visitor}`);
  return runInDurableObject(object, (_object, { storage }) => {
    const stored = storage.kv.get<{ state: string }>("visitor");
    if (stored === undefined) throw new Error(`nothing is stored of ${visitor}`);
    return stored.state;
  });
}

/** Wait until D1 has confirmed everything that the object owed. */
export async function nothingOwed(site: string, visitor: string): Promise<void> {
  const object = env.VISITOR_SESSION.getByName(`${site}:${visitor}`);
  await eventually(
    () => object.owed(),
    (keys) => keys.length === 0,
  );
}
