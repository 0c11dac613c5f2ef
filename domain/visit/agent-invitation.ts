/**
 * What stands where a campaign's id would in a decision that an agent made by hand (`domain/live/invitation.ts`). No
 * campaign can have it: theirs begin with `cmp_`.
 */
export const AGENT_INVITATION = "agent";

/** Who asked, and with which words of their own. */
export type InvitingAgent = { id: string; name: string | null; text: string | null };
