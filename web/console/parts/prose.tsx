/**
 * What somebody wrote, as text: paragraphs, dashed lists, `**strong**`, and web addresses that can be followed.
 * A visitor's link never hides where it leads.
 *
 * Everything becomes text nodes and known elements; nothing of the message is read as HTML.
 */
import { Fragment, type ComponentChildren, type VNode } from "preact";
import { linksIn } from "../../shared/links.ts";

const BULLET = /^\s*[-•*]\s+/;

/** `text` laid out; where it is `ours`, its links may have names. */
export function Prose({ text, ours = false }: { text: string; ours?: boolean }): VNode {
  return <div class="prose message">{blocks(text).map((block, at) => layOut(block, at, ours))}</div>;
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

function layOut(lines: string[], key: number, ours: boolean): VNode {
  if (BULLET.test(lines[0] ?? "")) {
    return (
      <ul key={key}>
        {lines.map((line, at) => (
          <li key={at}>{inline(line.replace(BULLET, ""), ours)}</li>
        ))}
      </ul>
    );
  }
  return (
    <p key={key}>
      {lines.map((line, at) => (
        <Fragment key={at}>
          {at === 0 ? null : <br />}
          {inline(line, ours)}
        </Fragment>
      ))}
    </p>
  );
}

function inline(line: string, ours: boolean): ComponentChildren {
  return linksIn(line).map(({ text, href, strong }, at) => {
    if (href === null) return strong ? <strong key={at}>{text}</strong> : text;
    return (
      <a key={at} href={href} target="_blank" rel="noopener noreferrer nofollow">
        {ours || text === href ? text : `${text} (${href})`}
      </a>
    );
  });
}
