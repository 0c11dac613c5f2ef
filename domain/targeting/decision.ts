/**
 * What the page is told to show, and how one moment of judgement is recorded.
 *
 * Shapes  `Decision` is the public answer (`contract.md` §2); `Exposure` is the append-only fact behind it,
 *         written in both arms. A held-out visitor has an `Exposure` and no `Decision`.
 */
import type { EpochMs } from "../ids.ts";
import type { CreativeText, DecisionKind } from "./campaign.ts";

export type Decision = {
  id: string;
  kind: DecisionKind;
  campaign: string;
  variant: string;
  creative: CreativeText;
  /** When it is to be shown, where that is later than now: the variant's own delay. */
  show_at?: string;
  expires_at: string;
};

export type Arm = "treated" | "holdout";

/** One eligible moment of one visitor and campaign phase. Its id is the decision's id, in both arms. */
export type Exposure = {
  id: string;
  campaign: string;
  phase: number;
  variant: string;
  kind: DecisionKind;
  arm: Arm;
  /** The probability with which this visitor was given this arm and variant. */
  probability: number;
  eligibleAt: EpochMs;
  expiresAt: EpochMs;
  shownAt: EpochMs | null;
  /** The visitor clicked "accept": opened, in the words of `kpis.md`. */
  openedAt: EpochMs | null;
  declinedAt: EpochMs | null;
  ignoredAt: EpochMs | null;
  clickedAt: EpochMs | null;
  /** Raised by each answer, so that history keeps the newest. */
  revision: number;
};

/** A campaign whose condition holds now, whatever its schedule says. */
export type Candidate = {
  campaign: string;
  phase: number;
  /** What engaging this visitor is taken to be worth, in the site's currency. */
  expectedValue: number;
};
