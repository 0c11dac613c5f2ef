/** What JSX compiles to here: preact's `h`, which the widget carries anyway, instead of a second way to make a node. */
import type { ComponentType, VNode } from "preact";
import { Fragment, h } from "preact";

type Props = Record<string, unknown>;

export function jsx(type: string | ComponentType<Props>, props: Props, key?: string): VNode {
  return h(type as ComponentType<Props>, key === undefined ? props : { ...props, key });
}
export { Fragment, jsx as jsxs };
