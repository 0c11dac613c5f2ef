/**
 * What became of a campaign whose condition held: the words in which every loser is logged, and the winner too.
 *
 * Order   as the gates stand (`design.md` §3.5): the first that says no is the reason.
 */

/** The gates that the visitor's own history and the site's rules decide, in their order. */
export const GATES = [
  /** In the site-wide hold-out. */
  "global_holdout",
  /** In a segment that is left alone. */
  "excluded",
  "schedule",
  "open_decision",
  "per_session",
  "per_visitor",
  "cooldown",
  "after_decline",
  "site_per_session",
  "site_per_visitor",
  "site_cooldown",
  "kind_after_decline",
  "site_after_decline",
  "namespace",
] as const;
export type Gate = (typeof GATES)[number];

export const OUTCOMES = [
  ...GATES,
  /** Another campaign went first at this moment, in either arm. */
  "outranked",
  /** No agent was free. */
  "capacity",
  "holdout",
  "treated",
] as const;
export type OutcomeCode = (typeof OUTCOMES)[number];
