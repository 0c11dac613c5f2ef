/**
 * A visitor's key to one conversation: a JWT (HS256) over site, conversation and visitor, good for 30 days.
 *
 * The Worker hands it out, the room checks it; both know TOKEN_SECRET.
 */
import { errors, jwtVerify, SignJWT } from "jose";

const AUDIENCE = "conversation";
const LIFETIME = "30d";

export type ConversationClaims = { site: string; conversation: string; visitor: string };

/** Sign `claims`, valid from `now` (epoch ms) for 30 days. */
export function signConversationToken(
  secret: string,
  claims: ConversationClaims,
  now: number,
): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .setAudience(AUDIENCE)
    .setIssuedAt(new Date(now))
    .setExpirationTime(new Date(now + 30 * 86_400_000))
    .sign(keyOf(secret));
}

/** The claims of `token`, or null where it is not ours, was altered or has expired at `now` (epoch ms). */
export async function verifyConversationToken(
  secret: string,
  token: string,
  now: number,
): Promise<ConversationClaims | null> {
  try {
    const { payload } = await jwtVerify(token, keyOf(secret), {
      audience: AUDIENCE,
      algorithms: ["HS256"],
      maxTokenAge: LIFETIME,
      currentDate: new Date(now),
    });
    const { site, conversation, visitor } = payload;
    if (typeof site !== "string" || typeof conversation !== "string" || typeof visitor !== "string")
      return null;
    return { site, conversation, visitor };
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

function keyOf(secret: string): Uint8Array {
  return new TextEncoder().encode(secret);
}
