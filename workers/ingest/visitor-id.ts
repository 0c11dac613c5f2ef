/**
 * The name under which a person's messages are kept.
 *
 * An `anonymousId` is the visitor. A user id alone is a visitor of its own: one namespace for what an API key or a
 * signed token proves, another for what anybody with the public write key may claim. No `anonymousId` reaches either.
 */

const RESERVED = /^[auc]:/;

export function visitorOf(
  { anonymousId, userId }: { anonymousId?: string | null | undefined; userId?: string | null | undefined },
  proven: boolean,
): string {
  if (anonymousId) return RESERVED.test(anonymousId) ? `a:${anonymousId}` : anonymousId;
  return `${proven ? "u" : "c"}:${userId ?? ""}`;
}
