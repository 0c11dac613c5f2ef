/** Where the objectives stand, in one sentence: what is behind is named. */
import type { VNode } from "preact";
import { o } from "./words.ts";
import type { Standing } from "./objectives.tsx";

export function ObjectiveSentence({ objectives }: Pick<Standing, "objectives">): VNode {
  const named = (...states: string[]) =>
    objectives.filter(({ progress }) => progress !== null && states.includes(progress.state));
  const good = named("on_track", "reached").length;
  const behind = named("at_risk", "missed");
  const open = objectives.length - good - behind.length;
  const names = behind.map(({ saved }) => saved.name).join(", ");
  return (
    <p class="sentence status-sentence">
      {o("sentence", { good, n: objectives.length })}
      {behind.length === 0 ? null : (
        <>
          {" "}
          <strong class="bad">{o("sentenceBehind", { n: behind.length, names })}</strong>
        </>
      )}
      {open === 0 ? null : ` ${o("sentenceOpen", { n: open })}`}
    </p>
  );
}
