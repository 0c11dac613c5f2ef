/** Shirts drawn as SVG: a cut, a weave and a colour make each its own picture. Ids are unique by `id`. */
import type { Colour, Product, Weave } from "./catalogue.ts";

/** Where the picture looks: the whole shirt, its collar, its cuff, its hem. */
export const VIEWS = ["0 0 302 338", "76 20 150 168", "10 190 130 146", "120 180 140 157"] as const;

const BODY =
  "M113 46C100 58 84 66 72 74C66 110 68 150 68 200C68 240 70 285 70 312C110 322 192 322 232 312C232 285 234 240 234 200C234 150 236 110 230 74C218 66 202 58 189 46C180 62 122 62 113 46Z";
const LONG =
  "M72 74C52 84 44 110 38 150C32 195 28 250 27 284C28 293 45 298 57 296L60 281C64 250 68 215 70 185Z";
const SHORT = "M72 74C52 84 42 106 37 138C44 150 58 154 69 154C70 130 71 100 72 74Z";
const COLLAR = "M117 43L109 60L133 87L151 64C140 60 124 52 117 43Z";
const BAND = "M117 42C125 57 177 57 185 42L187 51C175 69 127 69 115 51Z";
const FOLDS =
  "M85 120C92 180 86 240 91 304M111 182C116 230 111 270 114 312M188 176C182 230 187 270 184 314M214 130C206 190 212 250 207 306";
const BUTTONS = [93, 131, 169, 208, 246, 284];
const mirrored = `transform="translate(302 0) scale(-1 1)"`;

/** The picture of `product` in `colour` as an SVG element. Without a `title` it is decoration. */
export function shirt(product: Product, colour: Colour, id: string, title = ""): string {
  const { cut, weave, thread } = product;
  const cloth = weave === "plain" ? colour.fill : `url(#w-${id})`;
  const line = isDark(colour.fill) ? "#0c1420" : "#5b5648";
  const edge = `stroke="${line}" stroke-opacity=".38" stroke-width="1" stroke-linejoin="round"`;
  const thin = `fill="none" stroke="${line}" stroke-opacity=".22" stroke-width="1.2"`;
  const sleeve = cut === "short" ? SHORT : LONG;
  const cuff = cut === "short" ? "M38 131C46 142 58 146 69 146" : "M28 275L60 281";
  const collar =
    cut === "band"
      ? `<path d="${BAND}" fill="${cloth}" ${edge}/>`
      : `<path d="${COLLAR}" fill="${cloth}" ${edge}/><path d="${COLLAR}" fill="${cloth}" ${edge} ${mirrored}/>`;
  const arm = `<path d="${sleeve}" fill="${cloth}" ${edge}/><path d="${sleeve}" fill="#000" opacity=".05"/><path d="${cuff}" ${thin}/>`;
  const button = isDark(colour.fill) ? "#5f6a7a" : "#e4dccb";
  const label = title === "" ? `aria-hidden="true"` : `role="img" aria-label="${title}"`;
  return (
    `<svg class="shirt" viewBox="${VIEWS[0]}" ${label}>` +
    `<defs>${pattern(weave, colour.fill, thread, `w-${id}`)}${shade(id)}</defs>` +
    `<rect x="-400" y="-400" width="1200" height="1200" fill="${colour.background}"/>` +
    `<ellipse cx="152" cy="314" rx="96" ry="15" fill="url(#g-${id})"/>` +
    `${arm}<g ${mirrored}>${arm}</g>` +
    `<ellipse cx="151" cy="47" rx="33" ry="9" fill="#000" opacity=".16"/>` +
    `<path d="${BODY}" fill="${cloth}" ${edge}/><path d="${BODY}" fill="url(#s-${id})"/>` +
    `<path d="${FOLDS}" ${thin} stroke-linecap="round"/>` +
    `<path d="M143.5 66V317M158.5 66V317" ${thin}/>${collar}` +
    BUTTONS.map(
      (y) => `<circle cx="151" cy="${y}" r="2.6" fill="${button}" stroke="${line}" stroke-opacity=".45"/>`,
    ).join("") +
    `</svg>`
  );
}

function pattern(weave: Weave, ground: string, thread: string, id: string): string {
  const open = (width: number, height: number, turn = "") =>
    `<pattern id="${id}" width="${width}" height="${height}" patternUnits="userSpaceOnUse"${turn}><rect width="${width}" height="${height}" fill="${ground}"/>`;
  switch (weave) {
    case "plain":
      return "";
    case "twill":
      return `${open(3, 3, ` patternTransform="rotate(35)"`)}<rect width="3" height="1" fill="${thread}" opacity=".6"/></pattern>`;
    case "stripes":
      return `${open(9, 9)}<rect width="2" height="9" fill="${thread}"/></pattern>`;
    case "broad":
      return `${open(20, 20)}<rect width="7" height="20" fill="${thread}" opacity=".85"/></pattern>`;
    case "check":
      return `${open(16, 16)}<rect width="5" height="16" fill="${thread}" opacity=".55"/><rect width="16" height="5" fill="${thread}" opacity=".55"/></pattern>`;
    default:
      return weave satisfies never;
  }
}

/** Light from the front: the sides of the body fall into shadow, and the shirt throws a soft one. */
function shade(id: string): string {
  const stop = (at: number, opacity: number) =>
    `<stop offset="${at}" stop-color="#000" stop-opacity="${opacity}"/>`;
  const ground = `<radialGradient id="g-${id}">${stop(0.5, 0.22)}${stop(1, 0)}</radialGradient>`;
  return `${ground}<linearGradient id="s-${id}">${stop(0, 0.13)}${stop(0.2, 0.02)}${stop(0.45, 0.03)}${stop(0.62, 0)}${stop(0.85, 0.03)}${stop(1, 0.14)}</linearGradient>`;
}

function isDark(colour: string): boolean {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 110;
}
