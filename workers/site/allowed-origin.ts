/** Which pages may speak for a site's visitors: those of its `allowed_origins`, or any where it names none. */
import { ApiError } from "../errors.ts";

/** Whether pages of `origin` are the site's, as far as it says. */
export function isAllowedOrigin(origin: string, allowed: readonly string[]): boolean {
  return allowed.length === 0 || allowed.includes(origin);
}

/** Refuse a request from another page. One without `Origin` is a server's. */
export function assertAllowedOrigin(origin: string | undefined, allowed: readonly string[]): void {
  if (origin === undefined || isAllowedOrigin(origin, allowed)) return;
  throw new ApiError("origin_not_allowed", "this origin is not among the site's allowed_origins");
}
