/** A drawing of Observable Plot as these pages take it: one SVG with words of its own, and nothing that a strict policy refuses. */
export function finishedPlot(svg: Element, label: string): SVGSVGElement {
  // Plot brings a stylesheet inside the drawing, which the policy refuses; admin.css says the same.
  for (const sheet of svg.querySelectorAll("style")) sheet.remove();
  // It also names the groups of marks, in English and where no role allows a name; the whole has its own words.
  for (const group of svg.querySelectorAll("g[aria-label]")) group.removeAttribute("aria-label");
  svg.setAttribute("class", "plot");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  if (!(svg instanceof SVGSVGElement)) throw new Error("Plot drew something else than one SVG");
  return svg;
}
