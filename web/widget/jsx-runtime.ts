/**
 * What JSX compiles to here: preact's `h`, which the widget carries anyway, instead of a second way to make a node;
 * and a function that draws becomes the class that keeps its state (hooks.ts).
 */
import { type ComponentChildren, type ComponentType, Fragment, h, type VNode } from "preact";
import { classOf } from "./hooks.ts";

type Props = Record<string, unknown>;
type Draw = (props: Props) => ComponentChildren;

export function jsx(type: string | Draw, props: Props, key?: string): VNode {
  const drawn = typeof type === "function" && type !== Fragment ? classOf(type) : type;
  return h(drawn as ComponentType<Props>, key === undefined ? props : { ...props, key });
}
export { Fragment, jsx as jsxs };
