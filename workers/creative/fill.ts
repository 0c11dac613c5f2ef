/**
 * Decisions with their words filled in, for the page view that asks. The visitor's object keeps the words as they were
 * written: the same decision stands again on another page, and there another page's words must not show.
 *
 * Without proof of who the visitor is, only what this page view itself has sent may be said back to it.
 */
import type { SiteKey } from "../../domain/ids.ts";
import type { Decision } from "../../domain/targeting/decision.ts";
import { AGENT_INVITATION } from "../../domain/visit/agent-invitation.ts";
import type { Json } from "../../domain/visit/facts.ts";
import type { KnownFacts } from "../../domain/visit/known.ts";
import { visitorObject } from "../site/visitor.ts";
import { hasVariables, renderCreative } from "./render.ts";

export type Asking = {
  site: SiteKey;
  visitor: string;
  viewId: string | null;
  /** What is known of a visitor who has proven who he is; null for everybody else. */
  proven: KnownFacts | null;
  locale: string;
};

/** `decisions` as this page view may read them. */
export async function fillDecisions(env: Env, decisions: Decision[], asking: Asking): Promise<Decision[]> {
  if (!decisions.some(isTemplate)) return decisions;
  const { site, visitor, viewId, locale } = asking;
  const facts = asking.proven ?? (await visitorObject(env, site, visitor).spoken(viewId));
  return decisions.map((decision) =>
    isTemplate(decision)
      ? {
          ...decision,
          creative: renderCreative(decision.creative, facts as unknown as Record<string, Json>, locale),
        }
      : decision,
  );
}

/** What an agent wrote by hand is text, whatever stands in it. */
function isTemplate({ campaign, creative }: Decision): boolean {
  return campaign !== AGENT_INVITATION && hasVariables(creative);
}
