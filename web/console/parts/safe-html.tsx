/**
 * HTML that the server wrote for a message, inserted through the browser's own sanitiser or, where it has none yet,
 * through DOMPurify, which comes when it is first needed. Until it is there, and where it does not come, the text stands.
 */
import type { ComponentChildren, VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

const TAGS = ["p", "br", "strong", "em", "code", "pre", "ul", "ol", "li", "blockquote", "a"];

/** What `sanitize` of DOMPurify gives where a fragment is asked for. */
type Purify = (html: string) => DocumentFragment;
type WithSetHtml = Element & { setHTML: (html: string, options: { sanitizer: object }) => void };

let purify: Promise<Purify> | null = null;

/** `instead` is shown as long as the HTML cannot be. */
export function SafeHtml({ html, instead }: { html: string; instead: ComponentChildren }): VNode {
  const frame = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState(false);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    let gone = false;
    void insert(element, html, () => gone).then((done) => {
      if (done && !gone) setShown(true);
    });
    return () => {
      gone = true;
    };
  }, [html]);
  return (
    <>
      <div ref={frame} class="prose message" hidden={!shown} />
      {shown ? null : instead}
    </>
  );
}

async function insert(element: HTMLElement, html: string, isLate: () => boolean): Promise<boolean> {
  if (hasSetHtml(element)) {
    element.setHTML(html, { sanitizer: { elements: TAGS, attributes: ["href"] } });
  } else {
    let clean: Purify;
    try {
      clean = await (purify ??= load());
    } catch (error) {
      purify = null;
      console.warn("the sanitiser could not be loaded; the message stands as text", error);
      return false;
    }
    if (isLate()) return false;
    element.replaceChildren(clean(html));
  }
  for (const link of element.querySelectorAll("a")) {
    link.target = "_blank";
    link.rel = "noopener noreferrer nofollow";
  }
  return true;
}

function hasSetHtml(element: Element): element is WithSetHtml {
  return "setHTML" in element && typeof element.setHTML === "function";
}

async function load(): Promise<Purify> {
  const { default: DOMPurify } = await import("dompurify");
  const options = {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ["href"],
    ALLOWED_URI_REGEXP: /^https?:/i,
    RETURN_DOM_FRAGMENT: true as const,
  };
  return (html) => DOMPurify.sanitize(html, options);
}
