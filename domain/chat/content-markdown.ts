/**
 * What an agent writes, as safe HTML: paragraphs, line breaks, emphasis, code, lists, quotations and web links.
 *
 * micromark reads the Markdown, raw HTML being off. What it writes is written anew here, tag by tag from a short
 * list, so that nothing depends on how careful a reader of the HTML is; whatever is not on the list stays text.
 *
 * Shapes  `null` where the HTML says nothing that the text, with its web addresses as links, does not say.
 * Bounds  a text above `MAX_MARKDOWN` characters or nested deeper than `MAX_NESTING` stays as it was written.
 */
import { micromark, type Options } from "micromark";

/** What Markdown costs grows faster than its length; who writes more than this writes plain text. */
export const MAX_MARKDOWN = 4_000;
const MAX_NESTING = 6;

const TAGS = new Set(["p", "br", "strong", "em", "code", "pre", "ul", "ol", "li", "blockquote", "a"]);
const BLOCKS = new Set(["p", "pre", "ul", "ol", "li", "blockquote"]);
/** A text without any of these is plain, and most are. */
const MARKED = /[*_`[\\<]|^[ \t]*(?:[>+-]|\d{1,9}[.)])/m;
const MARKERS = /^(?:[ \t]*(?:[>*+-]|\d{1,9}[.)]))+/gm;
const MARKER = /[>*+-]|\d[.)]/g;
const ADDRESS = /https?:\/\/[^\s<>"«»\]]+/gi;
/** What ends a sentence around an address, and not the address. */
const TRAILING = ".,;:!?)}'’*_~";

/** A web address in a text is no markup: `_` and `\` in it emphasise and escape nothing. */
const webAddresses: NonNullable<Options["extensions"]>[number] = {
  text: {
    104: {
      name: "webAddress",
      previous: (code) => code === null || code < 48 || !/[\p{L}\p{N}]/u.test(String.fromCodePoint(code)),
      tokenize(effects, ok, nok) {
        const scheme = "http";
        let at = 0;
        return (code) => {
          effects.enter("data");
          return begin(code);
        };
        function begin(code: number | null): ReturnType<typeof ok> {
          if (at === scheme.length) {
            if (code === 115) {
              effects.consume(code);
              return colon;
            }
            return colon(code);
          }
          if (code !== scheme.charCodeAt(at)) return nok(code);
          at += 1;
          effects.consume(code);
          return begin;
        }
        function colon(code: number | null): ReturnType<typeof ok> {
          if (code !== 58) return nok(code);
          effects.consume(code);
          return slash;
        }
        function slash(code: number | null): ReturnType<typeof ok> {
          if (code !== 47) return nok(code);
          effects.consume(code);
          return rest;
        }
        function rest(code: number | null): ReturnType<typeof ok> {
          if (code === null || code <= 32 || ENDS_ADDRESS.has(code)) {
            effects.exit("data");
            return ok(code);
          }
          effects.consume(code);
          return rest;
        }
      },
    },
  },
};
/** `"`, `*`, `<`, `>`, `]`, a back quote: markup begins again here. */
const ENDS_ADDRESS = new Set([34, 42, 60, 62, 93, 96]);

const options: Options = {
  extensions: [
    {
      disable: {
        null: [
          "htmlFlow",
          "htmlText",
          "headingAtx",
          "setextUnderline",
          "thematicBreak",
          "labelStartImage",
          "codeIndented",
          "definition",
          "characterReference",
        ],
      },
    },
    webAddresses,
  ],
};

/** The safe HTML of `text`, or null where it says nothing more than the text. */
export function htmlOf(text: string): string | null {
  if (text.length > MAX_MARKDOWN || !MARKED.test(text) || nesting(text) > MAX_NESTING) return null;
  const written = rewrite(micromark(text, options));
  if (written === null) return null;
  const says = written.marked || squeeze(written.text) !== squeeze(text);
  return says ? written.html : null;
}

/** The most quotations and lists that begin in one line. */
function nesting(text: string): number {
  let deepest = 0;
  for (const [markers] of text.matchAll(MARKERS)) {
    deepest = Math.max(deepest, markers.match(MARKER)?.length ?? 0);
  }
  return deepest;
}

type Written = { html: string; text: string; marked: boolean };
const PIECE = /<(\/?)([a-z]+)((?: [a-z]+="[^"<>]*")*) ?\/?>|([^<>]+)/y;
const NEXT_TAG = /<\/?([a-z]+)/y;

/** `source` once more with the tags and attributes of our list alone; null where it is not what micromark writes. */
function rewrite(source: string): Written | null {
  const writer = new Writer();
  PIECE.lastIndex = 0;
  while (PIECE.lastIndex < source.length) {
    const piece = PIECE.exec(source);
    if (piece === null) return null;
    const [, slash, tag, attributes = "", encoded = ""] = piece;
    if (tag === undefined) writer.say(decode(encoded), endsBlock(source, PIECE.lastIndex));
    else if (TAGS.has(tag)) writer.tag(tag, slash === "/", attributes);
    else return null;
  }
  return writer;
}

/** Whether at `at` nothing follows, or a block begins or ends. */
function endsBlock(source: string, at: number): boolean {
  NEXT_TAG.lastIndex = at;
  const tag = NEXT_TAG.exec(source)?.[1];
  return tag === undefined ? at === source.length : BLOCKS.has(tag);
}

/** Writes what it is told, and knows where it is: in a block of code, in code, in a link, behind a block's edge. */
class Writer implements Written {
  html = "";
  text = "";
  marked = false;
  #pre = false;
  #code = false;
  /** Of the link we are in: whether it leads anywhere. */
  #link: boolean | null = null;
  #edge = true;

  say(plain: string, beforeBlock: boolean): void {
    const kept = this.#pre ? plain : trimmed(plain, this.#edge, beforeBlock);
    this.text += kept === "" && plain.includes("\n") ? "\n" : kept;
    this.html += this.#pre || this.#code || this.#link !== null ? encode(kept) : flowing(kept);
    this.#edge = false;
  }

  tag(tag: string, closes: boolean, attributes: string): void {
    this.#edge = tag === "br" || BLOCKS.has(tag);
    if (tag === "a") return closes ? this.#closeLink() : this.#openLink(attributes);
    if (tag === "pre") this.#pre = !closes;
    if (tag === "code") this.#code = !closes;
    if (tag === "br") this.text += "\n";
    else if (tag !== "p") this.marked = true;
    const start = tag === "ol" && !closes ? / start="(\d{1,9})"/.exec(attributes)?.[1] : undefined;
    this.html += `<${closes ? "/" : ""}${tag}${start === undefined ? "" : ` start="${start}"`}>`;
  }

  #openLink(attributes: string): void {
    const href = webAddress(decode(/ href="([^"]*)"/.exec(attributes)?.[1] ?? ""));
    this.#link = href !== null;
    if (href === null) return;
    this.marked = true;
    this.html += `<a href="${encode(href)}">`;
  }

  #closeLink(): void {
    if (this.#link === true) this.html += "</a>";
    this.#link = null;
  }
}

/** Line ends between blocks and after a break are how micromark lays out its source. */
function trimmed(text: string, atEdge: boolean, beforeBlock: boolean): string {
  const begun = atEdge ? text.replace(/^\n+/, "") : text;
  return beforeBlock ? begun.replace(/\n+$/, "") : begun;
}

/** Text outside links and code: a line end is a line end, a web address a link. */
function flowing(text: string): string {
  let html = "";
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const shown = withoutTrailing(match[0]);
    const href = webAddress(shown);
    if (href === null) continue;
    html += `${lines(text.slice(from, match.index))}<a href="${encode(href)}">${encode(shown)}</a>`;
    from = match.index + shown.length;
  }
  return html + lines(text.slice(from));
}

function lines(text: string): string {
  return encode(text).replaceAll("\n", "<br>");
}

function withoutTrailing(found: string): string {
  let end = found.length;
  while (end > 0 && TRAILING.includes(found.charAt(end - 1))) {
    const kept = found.slice(0, end);
    if (kept.endsWith(")") && kept.split("(").length >= kept.split(")").length) break;
    end -= 1;
  }
  return found.slice(0, end);
}

/** `address` where it is one of the web that shows where it leads: http or https, with a host and without a login. */
export function webAddress(address: string): string | null {
  if (!/^https?:\/\/[^\s/\\]/i.test(address) || /[\p{Cc}\p{Cf}\s\\]/u.test(address)) return null;
  if (!URL.canParse(address)) return null;
  const { protocol, username, password, hostname } = new URL(address);
  const web = protocol === "http:" || protocol === "https:";
  return web && username === "" && password === "" && hostname !== "" ? address : null;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const CHARACTERS: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };

function encode(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? "");
}

function decode(html: string): string {
  return html.replaceAll(/&(amp|lt|gt|quot);/g, (whole, name: string) => CHARACTERS[name] ?? whole);
}

function squeeze(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
