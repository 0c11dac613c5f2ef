/**
 * What somebody wrote, as text: paragraphs, dashed lists, `**strong**`, and web addresses that can be followed.
 *
 * Everything becomes text nodes and known elements; nothing of the message is read as HTML.
 */
import { Fragment, type ComponentChildren, type VNode } from "preact";

const PIECE = /(\*\*[^*\n]+\*\*|https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/g;
const BULLET = /^\s*[-•*]\s+/;

/** `text` laid out; `class` is the wrapper's. */
export function Prose({ text, class: name = "" }: { text: string; class?: string }): VNode {
  return <div class={`prose message ${name}`}>{blocks(text).map((block, at) => layOut(block, at))}</div>;
}

function blocks(text: string): string[][] {
  const groups: string[][] = [];
  for (const line of text.split(/\r?\n/)) {
    const last = groups.at(-1);
    const bullet = BULLET.test(line);
    if (last !== undefined && bullet === BULLET.test(last[0] ?? "") && line !== "" && last[0] !== "")
      last.push(line);
    else groups.push([line]);
  }
  return groups.filter((group) => group.some((line) => line.trim() !== ""));
}

function layOut(lines: string[], key: number): VNode {
  if (BULLET.test(lines[0] ?? "")) {
    return (
      <ul key={key}>
        {lines.map((line, at) => (
          <li key={at}>{inline(line.replace(BULLET, ""))}</li>
        ))}
      </ul>
    );
  }
  return (
    <p key={key}>
      {lines.map((line, at) => (
        <Fragment key={at}>
          {at === 0 ? null : <br />}
          {inline(line)}
        </Fragment>
      ))}
    </p>
  );
}

function inline(line: string): ComponentChildren {
  return line.split(PIECE).map((piece, at) => {
    if (at % 2 === 0) return piece;
    if (piece.startsWith("**")) return <strong key={at}>{piece.slice(2, -2)}</strong>;
    return (
      <a key={at} href={piece} target="_blank" rel="noopener noreferrer nofollow">
        {piece}
      </a>
    );
  });
}
