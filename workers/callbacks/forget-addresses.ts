/** From which address a call was booked matters for an hour; then its digest goes. */
import type { EpochMs } from "../../domain/ids.ts";
import { COUNTED_MS } from "./book.ts";

export async function forgetCallAddresses(env: Env, now: EpochMs): Promise<void> {
  await env.DB.prepare("UPDATE callbacks SET address = NULL WHERE address IS NOT NULL AND created_at < ?1")
    .bind(now - COUNTED_MS)
    .run();
}
