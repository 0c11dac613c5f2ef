/**
 * The server's HTML, put into an element by who knows how: the browser itself where it can, else DOMPurify, which is
 * loaded then. The list is the server's own; what is not on it does not come in, whoever wrote it.
 *
 * A page whose policy names its Trusted Types lets DOMPurify work with `trusted-types aparte`.
 */
const TAGS = ["p", "br", "strong", "em", "code", "pre", "ul", "ol", "li", "blockquote", "a"];
const SANITIZER = {
  elements: [
    ...TAGS.filter((tag) => tag !== "a" && tag !== "ol"),
    { name: "ol", attributes: ["start"] },
    { name: "a", attributes: ["href"] },
  ],
};

/** The browser's own way, where it has one. */
type Native = { setHTML?(html: string, options: { sanitizer: typeof SANITIZER }): void };

/** Fill `element` with `html`. Throws where no way is open; then the element is empty and the plain text stands in. */
export async function fill(element: HTMLElement, html: string): Promise<void> {
  const inside = document.createElement("div");
  const native: HTMLElement & Native = inside;
  if (native.setHTML) native.setHTML(html, { sanitizer: SANITIZER });
  else inside.append((await import("./purify.ts")).purified(html, TAGS));
  for (const link of inside.querySelectorAll("a")) lead(link);
  element.replaceChildren(...inside.childNodes);
}

/** Links lead to the web, elsewhere, and tell nobody from where; any other is text. */
function lead(link: HTMLAnchorElement): void {
  if (!/^https?:$/.test(link.protocol)) {
    link.replaceWith(...link.childNodes);
    return;
  }
  link.target = "_blank";
  link.rel = "noopener noreferrer nofollow";
}
