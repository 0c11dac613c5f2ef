/** The place of a drawing: its code is loaded when there is something to draw, and it is drawn again at each width. */
import "./charts.css";
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { asFailure } from "../resource.ts";
import { t } from "../session.ts";
import { Failed } from "../states.tsx";

/** `load` fetches the function that draws; `draw` calls it with what is shown now, and is called again when `of` changes. */
export function Drawn<Draw>({
  load,
  draw,
  of,
}: {
  load: () => Promise<Draw>;
  draw: (using: Draw, width: number) => SVGSVGElement;
  of: readonly unknown[];
}): VNode {
  const frame = useRef<HTMLDivElement>(null);
  const [using, setUsing] = useState<{ draw: Draw } | null>(null);
  const [failure, setFailure] = useState<ReturnType<typeof asFailure> | null>(null);
  const [width, setWidth] = useState(0);

  const fetch = (): void => {
    setFailure(null);
    load().then(
      (loaded) => setUsing({ draw: loaded }),
      (error: unknown) => setFailure(asFailure(error)),
    );
  };
  useEffect(fetch, []);
  useEffect(() => {
    const box = frame.current;
    if (box === null) return;
    const observer = new ResizeObserver(() => setWidth(box.clientWidth));
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (using !== null && width > 0) frame.current?.replaceChildren(draw(using.draw, width));
  }, [using, width, ...of]);

  return (
    <>
      {failure === null ? null : <Failed title={t("chartFailed")} failure={failure} onRetry={fetch} />}
      <div ref={frame} class="plot-frame" />
    </>
  );
}
