/**
 * A list of rows of one height inside a scroller, of which only those in sight, and a few around, are in the page.
 *
 * Units   `rowPx` are CSS pixels.
 */
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from "@tanstack/virtual-core";
import type { RefObject, VNode } from "preact";
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";

export type RowsProps<T> = {
  items: readonly T[];
  keyOf: (item: T) => string;
  rowPx: number;
  scroller: RefObject<HTMLElement | null>;
  /** The list's name for who cannot see where it stands. */
  label: string;
  /** The row that must be in sight when it changes, or null. */
  current?: string | null;
  row: (item: T) => VNode;
};

const AROUND = 6;

export function Rows<T>({ items, keyOf, rowPx, scroller, label, current = null, row }: RowsProps<T>): VNode {
  const list = useRef<HTMLOListElement>(null);
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const [above, setAbove] = useState(0);
  const options: VirtualizerOptions<HTMLElement, HTMLElement> = {
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    getItemKey: (place) => {
      const item = items[place];
      return item === undefined ? place : keyOf(item);
    },
    overscan: AROUND,
    scrollMargin: above,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => draw(undefined),
  };
  const [virtual] = useState(() => new Virtualizer(options));
  virtual.setOptions(options);
  useEffect(() => virtual._didMount(), [virtual]);
  useLayoutEffect(() => {
    virtual._willUpdate();
    setAbove(heightAbove(list.current, scroller.current));
  });

  const shown = current === null ? -1 : items.findIndex((item) => keyOf(item) === current);
  useEffect(() => {
    if (shown >= 0) virtual.scrollToIndex(shown, { align: "auto" });
  }, [current, shown >= 0]);

  return (
    <ol ref={list} class="rows" aria-label={label} style={{ height: `${items.length * rowPx}px` }}>
      {virtual.getVirtualItems().map(({ index, key, start }) => {
        const item = items[index];
        if (item === undefined) return null;
        const style = { height: `${rowPx}px`, transform: `translateY(${start - above}px)` };
        return (
          <li
            key={String(key)}
            class="row"
            style={style}
            aria-setsize={items.length}
            aria-posinset={index + 1}
          >
            {row(item)}
          </li>
        );
      })}
    </ol>
  );
}

/** What stands in the scroller above the list, wherever it is scrolled to. */
function heightAbove(list: HTMLElement | null, scroller: HTMLElement | null): number {
  if (list === null || scroller === null) return 0;
  const { top } = list.getBoundingClientRect();
  return Math.round(top - scroller.getBoundingClientRect().top + scroller.scrollTop);
}
