/** What every route of the Worker can rely on: the bindings, and what middleware has proven about the caller. */
import type { SiteKey } from "../domain/ids.ts";

/** Who is asking `/api`: a signed-in person, or a server with a site's API key. */
export type Caller =
  | { kind: "user"; id: string; email: string; name: string; installationAdmin: boolean; sessionId: string }
  | { kind: "key"; id: string; site: SiteKey };

export type AppEnv = {
  Bindings: Env;
  Variables: {
    /** The moment the request arrived: read once, used everywhere. */
    now: number;
    caller: Caller;
    /** The caller's role at `{site}`, set by `requireSite`. */
    role: "admin" | "agent";
  };
};
