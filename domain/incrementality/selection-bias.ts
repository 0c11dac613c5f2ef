/**
 * What comparing those who accepted with those who declined would have claimed, and by how much it would have been wrong.
 *
 * Nothing here is an effect: people who accept an invitation are those who were about to buy. It exists to be shown
 * once, as a description, with the size of its error beside it.
 *
 * Shapes  null where one of the groups is empty. `bias` holds the naive claims less what randomisation says.
 * Units   shares of visitors who buy; sales in visitors who bought.
 * Errors  none.
 */
import type { Arms } from "./arm.ts";
import { conversationEffect } from "./conversation-effect.ts";
import { finite } from "./figure.ts";
import { intentionToTreat } from "./intention-to-treat.ts";

export type SelectionBias = {
  /** How many of those who accepted, who declined or looked away, and who were held out, bought. */
  accepted: number | null;
  declined: number | null;
  control: number | null;
  /** Visitors behind each of these shares. */
  n: { accepted: number; declined: number; control: number };
  acceptedMinusDeclined: number | null;
  acceptedMinusControl: number | null;
  /** The sales that the naive difference would claim, over everybody who accepted. */
  naiveSales: number | null;
  bias: {
    /** The naive difference less the effect per conversation: how it misjudges those who accept. */
    perConversation: number | null;
    /** The naive difference less the effect of inviting: how far a headline made of it would be off. */
    perVisitor: number | null;
    sales: number | null;
  };
};

export function selectionBias(arms: Arms): SelectionBias {
  const { treatment } = arms;
  const itt = intentionToTreat(arms, "conversion");
  const accepted = shareOf(treatment.acceptedConversions, treatment.accepted);
  const declined = shareOf(
    treatment.conversions - treatment.acceptedConversions,
    treatment.n - treatment.accepted,
  );
  const naive = less(accepted, declined);
  const naiveSales = naive === null ? null : naive * treatment.accepted;
  return {
    accepted,
    declined,
    control: itt.control,
    n: { accepted: treatment.accepted, declined: treatment.n - treatment.accepted, control: arms.control.n },
    acceptedMinusDeclined: naive,
    acceptedMinusControl: less(accepted, itt.control),
    naiveSales,
    bias: {
      perConversation: less(naive, conversationEffect(arms).conversion.point),
      perVisitor: less(naive, itt.diff),
      sales: less(naiveSales, itt.diff === null ? null : itt.diff * treatment.n),
    },
  };
}

/** Those who accept, with their conversation and as they would have been without it. */
export type AcceptorsBaseline = { withConversation: number | null; without: number | null };

/** Null where the held-out had conversations too: then the two groups cannot be told apart in the hold-out. */
export function acceptorsBaseline({ treatment, control }: Arms): AcceptorsBaseline | null {
  if (control.accepted > 0) return null;
  const acceptance = shareOf(treatment.accepted, treatment.n);
  const kept = shareOf(control.conversions, control.n);
  const others = shareOf(treatment.conversions - treatment.acceptedConversions, treatment.n);
  const known = acceptance !== null && acceptance > 0 && kept !== null && others !== null;
  return {
    withConversation: shareOf(treatment.acceptedConversions, treatment.accepted),
    without: known ? finite((kept - others) / acceptance) : null,
  };
}

const shareOf = (part: number, whole: number) => (whole > 0 ? part / whole : null);

const less = (one: number | null, other: number | null) =>
  one === null || other === null ? null : finite(one - other);
