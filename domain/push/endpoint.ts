/**
 * Where a push may be sent: a browser names its push service, and what a browser names is anybody's word. Only services
 * that are known are called, so that nobody makes this installation call into a network of their choosing.
 *
 * Shapes  an operator may trust further services, as `host=origin` with commas between: pushes for the first are sent
 *         to the second, as for a push service of one's own behind another address.
 * Errors  an address that is not allowed is null.
 */

/** The push services of the browsers there are; a leading dot stands for any host below. */
const SERVICES: readonly string[] = [
  "fcm.googleapis.com",
  "updates.push.services.mozilla.com",
  ".push.services.mozilla.com",
  ".notify.windows.com",
  ".push.apple.com",
];
const MOST_LENGTH = 1_000;

/** Further services by host, and the origin at which each is reached. */
export type TrustedServices = ReadonlyMap<string, string>;

export function trustedServices(setting: unknown): TrustedServices {
  if (typeof setting !== "string") return new Map();
  return new Map(
    setting.split(",").flatMap((entry): [string, string][] => {
      const [host = "", origin = ""] = entry.trim().split("=");
      return host !== "" && URL.canParse(origin) ? [[host, new URL(origin).origin]] : [];
    }),
  );
}

/** The address to which pushes for `endpoint` are sent; null where nothing may be sent there. */
export function pushAddress(endpoint: string, trusted: TrustedServices): string | null {
  if (endpoint.length > MOST_LENGTH || !URL.canParse(endpoint)) return null;
  const { protocol, hostname, port, username, password, pathname, search } = new URL(endpoint);
  if (protocol !== "https:" || port !== "" || username !== "" || password !== "") return null;
  const own = trusted.get(hostname);
  if (own !== undefined) return `${own}${pathname}${search}`;
  return SERVICES.some((service) => isOf(hostname, service))
    ? `https://${hostname}${pathname}${search}`
    : null;
}

function isOf(hostname: string, service: string): boolean {
  return service.startsWith(".") ? hostname.endsWith(service) : hostname === service;
}
