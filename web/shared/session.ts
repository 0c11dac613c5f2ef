/**
 * Who is signed in, for console and admin: the login is a cookie the page never sees, so it asks.
 *
 * Errors  everything throws `ApiFailure`; `whoAmI` answers null where nobody is signed in.
 */
import * as z from "zod/mini";
import { ApiFailure, request } from "./api.ts";

export const Me = z.object({
  user: z.object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    installation_admin: z._default(z.boolean(), false),
  }),
  sites: z.array(z.object({ key: z.string(), name: z.string(), role: z.enum(["admin", "agent"]) })),
  public_origin: z.string(),
});
export type Me = z.infer<typeof Me>;
export type Membership = Me["sites"][number];

/** The person behind the cookie and their sites, or null where there is none. */
export async function whoAmI(): Promise<Me | null> {
  try {
    return readMe(await request<unknown>("GET", "/api/me"));
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 401) return null;
    throw error;
  }
}

/** Sign in, then say who that is. 401 where mail or password is wrong. */
export async function signIn(email: string, password: string): Promise<Me> {
  await request<unknown>("POST", "/api/auth/sign-in/email", { email, password });
  return readMe(await request<unknown>("GET", "/api/me"));
}

/** End this login, here and on the server. */
export async function signOut(): Promise<void> {
  await request<unknown>("POST", "/api/auth/sign-out", {});
}

const SITE_KEY = "aparte:site";

/** The site to open: the one in the address (`?site=`), the one last used here, or the only one; else null. */
export function rememberedSite(me: Me): Membership | null {
  const wanted = [new URLSearchParams(location.search).get("site"), localStorage.getItem(SITE_KEY)];
  for (const key of wanted) {
    const found = me.sites.find((site) => site.key === key);
    if (found !== undefined) return found;
  }
  return me.sites.length === 1 ? (me.sites[0] ?? null) : null;
}

/** Open this site next time too; null forgets it. */
export function rememberSite(key: string | null): void {
  if (key === null) localStorage.removeItem(SITE_KEY);
  else localStorage.setItem(SITE_KEY, key);
}

function readMe(answer: unknown): Me {
  const parsed = Me.safeParse(answer);
  if (!parsed.success) throw new ApiFailure(0, "unreadable", "the server's answer could not be read");
  return parsed.data;
}
