/** What the campaign lacks to go live, said before it is published. */
import type { VNode } from "preact";
import { readinessProblems } from "../../../domain/targeting/readiness.ts";
import type { Draft } from "./draft.ts";
import { w } from "./words.ts";

export function Readiness({ draft }: { draft: Draft }): VNode | null {
  const lacks = [...new Set(readinessProblems(draft).map(({ path }) => lackOf(path)))];
  if (lacks.length === 0) return null;
  return (
    <p class="note readiness">
      {w("lacks")} {lacks.map((lack) => w(`lack_${lack}`)).join(" · ")}
    </p>
  );
}

function lackOf(path: string): "words" | "slot" | "blocks" | "time" | "weights" {
  if (path.startsWith("schedule")) return "time";
  if (path.endsWith(".weight")) return "weights";
  if (path.endsWith(".slot")) return "slot";
  return path.endsWith(".blocks") ? "blocks" : "words";
}
