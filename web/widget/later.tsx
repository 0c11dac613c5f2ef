/**
 * A part of the panel whose code, words and style are loaded when it is first drawn: what most visitors never see
 * costs them nothing.
 */
import type { ComponentChildren, VNode } from "preact";
import { useEffect, useState } from "./hooks.ts";
import type { ChatScreen } from "./screen.ts";
import type { Words } from "./words.ts";

/** What a part's module gives besides its components. */
export type Part = { readonly style?: string };
type Load<P extends Part> = () => Promise<P>;

/** The parts of each widget on the page, by its words, of which each has its own. */
const widgets = new WeakMap<Words, Map<Load<Part>, Part>>();

function partsOf({ words }: { words: Words }): Map<Load<Part>, Part> {
  const parts = widgets.get(words) ?? new Map<Load<Part>, Part>();
  widgets.set(words, parts);
  return parts;
}

type Props<P extends Part> = {
  screen: Pick<ChatScreen, "words" | "addStyle">;
  load: Load<P>;
  draw: (part: P) => ComponentChildren;
  /** Stands there until then; where the part does not come, too, with a way to ask again. */
  children?: ComponentChildren;
  /** Says nothing where the part does not come: what stands there is enough. */
  quiet?: boolean;
};

export function Later<P extends Part>({ screen, load, draw, children, quiet }: Props<P>): VNode {
  const [failed, setFailed] = useState(false);
  const [, redraw] = useState({});
  const part = partsOf(screen).get(load) as P | undefined;
  useEffect(() => {
    if (part || failed) return;
    partOf(screen, load)
      .then(() => redraw({}))
      .catch((failure: unknown) => {
        console.warn("aparte: part", failure);
        setFailed(true);
      });
  }, [part, failed]);
  if (part) return <>{draw(part)}</>;
  return (
    <>
      {children}
      {failed && !quiet && (
        <p class="line" role="alert">
          {screen.words.t("partFailed")}{" "}
          <button type="button" class="link" onClick={() => setFailed(false)}>
            {screen.words.t("try")}
          </button>
        </p>
      )}
    </>
  );
}

/** The part, with its words and its style. */
export async function partOf<P extends Part>(screen: Props<P>["screen"], load: Load<P>): Promise<P> {
  const [part] = await Promise.all([load(), screen.words.more()]);
  const parts = partsOf(screen);
  if (!parts.has(load)) {
    parts.set(load, part);
    if (part.style) screen.addStyle(part.style);
  }
  return part;
}
