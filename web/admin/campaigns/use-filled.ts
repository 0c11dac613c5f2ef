/** A creative as the preview shows it: its variables filled for the sample visitor, and which texts cannot be. */
import { useEffect, useState } from "preact/hooks";
import type { CreativeText } from "../../../domain/targeting/campaign.ts";
import type { Json } from "../../../domain/visit/facts.ts";
import { asFailure } from "../resource.ts";
import { useSite } from "../site.ts";
import type { fill } from "./liquid.ts";
import { hasVariables, sampleFacts } from "./variables.ts";

export type Filled = {
  creative: CreativeText;
  /** Why a text cannot be filled, by its place below the creative: `text`, `blocks.2.text`. */
  problems: ReadonlyMap<string, string>;
};

let loaded: typeof fill | null = null;

/** Until the engine is here, and where it cannot be loaded, texts stay as they are written. */
export function useFilled(creative: CreativeText, language: string): Filled {
  const site = useSite();
  const [engine, setEngine] = useState<{ fill: typeof fill } | null>(loaded && { fill: loaded });
  const wanted = hasVariables(creative);
  useEffect(() => {
    if (!wanted || engine !== null) return;
    import("./liquid.ts").then(
      (module) => {
        loaded = module.fill;
        setEngine({ fill: loaded });
      },
      (error: unknown) => void asFailure(error),
    );
  }, [wanted, engine]);
  if (!wanted || engine === null) return { creative, problems: new Map() };
  const problems = new Map<string, string>();
  const facts = sampleFacts(site.settings.currency);
  const filled = fillAll(creative as Json, "", (text, at) => {
    const answer = engine.fill(text, facts, language);
    if (!answer.ok) problems.set(at, answer.message);
    return answer.ok ? answer.text : text;
  });
  return { creative: filled as CreativeText, problems };
}

function fillAll(value: Json, at: string, change: (text: string, at: string) => string): Json {
  const under = (key: string): string => (at === "" ? key : `${at}.${key}`);
  if (typeof value === "string") return hasVariables(value) ? change(value, at) : value;
  if (Array.isArray(value)) return value.map((item, index) => fillAll(item, under(String(index)), change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, fillAll(inner, under(key), change)]),
  );
}
