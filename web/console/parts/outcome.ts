/** How a conversation ended, in words; what this console does not know is said as it was written. */
import { t } from "../words.ts";

export const OUTCOMES = ["resolved", "sold", "follow_up", "unresolved", "no_answer", "unwanted"] as const;

export function sayOutcome(outcome: string): string {
  const words = t(`outcome_${outcome}`);
  return words === `outcome_${outcome}` ? outcome : words;
}
