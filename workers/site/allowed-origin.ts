/** Which pages may speak for a site's visitors: those of its `allowed_origins`, or any where it names none. */
import { ApiError } from "../errors.ts";

/** Refuse a request from another page. One without `Origin` is a server's. */
export function assertAllowedOrigin(origin: string | undefined, allowed: readonly string[]): void {
  if (origin === undefined || allowed.length === 0 || allowed.includes(origin)) return;
  throw new ApiError("origin_not_allowed", "this origin is not among the site's allowed_origins");
}
