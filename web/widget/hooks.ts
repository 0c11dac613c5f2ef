/**
 * State and effects of the widget's components, as Preact's own hooks name them, over Preact's classes: each function
 * that draws is wrapped once (jsx-runtime.ts). A third of the bytes, for what the widget needs of them.
 *
 * An effect runs once what was drawn stands in the page, before it is painted.
 */
import { Component, type ComponentChildren, type ComponentClass } from "preact";

type Deps = readonly unknown[] | undefined;
type Hook = { value?: unknown; deps?: Deps; due?: (() => unknown) | null; undo?: unknown };
type Props = Record<string, unknown>;
type Draw = (props: Props) => ComponentChildren;

let current: Drawn;
let at = 0;

function begin(drawn: Drawn): void {
  current = drawn;
  at = 0;
}

class Drawn extends Component<Props> {
  hooks: Hook[] = [];

  override componentDidMount(): void {
    for (const hook of this.hooks) {
      if (!hook.due) continue;
      undo(hook);
      hook.undo = hook.due();
      hook.due = null;
    }
  }

  override componentDidUpdate(): void {
    this.componentDidMount();
  }

  override componentWillUnmount(): void {
    this.hooks.forEach(undo);
  }

  override render(): ComponentChildren {
    return null;
  }
}

function undo(hook: Hook): void {
  if (typeof hook.undo === "function") hook.undo();
  hook.undo = null;
}

const classes = new WeakMap<Draw, ComponentClass<Props>>();

/** The class that `draw` is drawn by. */
export function classOf(draw: Draw): ComponentClass<Props> {
  let known = classes.get(draw);
  if (!known) {
    known = class extends Drawn {
      override render(): ComponentChildren {
        begin(this);
        return draw(this.props);
      }
    };
    classes.set(draw, known);
  }
  return known;
}

/** The hook that is called now: the same one at every drawing. */
function next(): Hook {
  return (current.hooks[at++] ??= {});
}

function changed(hook: Hook, deps: Deps): boolean {
  const before = hook.deps;
  hook.deps = deps;
  return !before || !deps || deps.some((one, index) => !Object.is(one, before[index]));
}

export function useMemo<T>(make: () => T, deps: Deps): T {
  const hook = next();
  if (changed(hook, deps)) hook.value = make();
  return hook.value as T;
}

export function useRef<T>(first: T | null): { current: T | null };
export function useRef<T>(first: T): { current: T };
export function useRef<T>(first: T): { current: T } {
  return useMemo(() => ({ current: first }), []);
}

export function useEffect(effect: () => unknown, deps?: Deps): void {
  const hook = next();
  if (changed(hook, deps)) hook.due = effect;
}

export function useState<T>(first: T | (() => T)): [T, (next: T) => void] {
  const drawn = current;
  const hook = next();
  if (!("value" in hook)) hook.value = typeof first === "function" ? (first as () => T)() : first;
  return [
    hook.value as T,
    (value) => {
      if (Object.is(value, hook.value)) return;
      hook.value = value;
      drawn.setState({});
    },
  ];
}
