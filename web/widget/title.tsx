/** Who one is speaking with, and how things stand. */
import type { VNode } from "preact";
import { Face } from "./face.tsx";

export type Titled = {
  /** Whose initial is shown; the house's sign for nobody's. */
  face: string | null;
  title: string;
  beside?: string;
  line: string;
  /** They are there now. */
  free?: boolean;
};

export function Title({ face, title, beside, line, free }: Titled): VNode {
  return (
    <>
      <Face name={face} />
      <div class="name">
        <h2>
          {title}
          {beside && <small> · {beside}</small>}
        </h2>
        <p class={free ? "free" : ""}>
          {free && <span class="dot" aria-hidden="true" />}
          {line}
        </p>
      </div>
    </>
  );
}
