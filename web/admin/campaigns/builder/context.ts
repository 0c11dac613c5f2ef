/** What every control of the builder needs besides its own rule: complaints, the site's own facts, and its money. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";

export type SegmentName = { key: string; name: string; description: string };

export type FactName = { name: string; value: string; label: string };

export type BuilderSurroundings = {
  site: string;
  currency: string;
  segments: readonly SegmentName[];
  /** The facts to choose from, by group. */
  facts: readonly { label: string; options: readonly FactName[] }[];
  /** What is wrong with a rule, by its id. */
  faults: ReadonlyMap<string, string>;
  /** Show the JSON at the line of the rule with this id. */
  onShowJson: (id: string) => void;
};

export const Surroundings = createContext<BuilderSurroundings | null>(null);

export function useSurroundings(): BuilderSurroundings {
  const surroundings = useContext(Surroundings);
  if (surroundings === null) throw new Error("a row was drawn outside of its builder");
  return surroundings;
}
