/** Rules R-F1 to R-F4: what a message may carry, and that no text becomes more than the safe part of HTML. */
import * as fc from "fast-check";
import { type DefaultTreeAdapterTypes, parseFragment } from "parse5";
import { expect, test } from "vitest";
import { contentOf, type FileInfo } from "../../domain/chat/content.ts";
import { htmlOf, MAX_MARKDOWN } from "../../domain/chat/content-markdown.ts";

const NO_FILE = () => null;
const said = (body: string, role: "agent" | "visitor" | "bot" = "agent") =>
  contentOf({ role, kind: "text", body }, NO_FILE);

const ATTRIBUTES: Record<string, readonly string[]> = {
  p: [],
  br: [],
  strong: [],
  em: [],
  code: [],
  pre: [],
  ul: [],
  ol: ["start"],
  li: [],
  blockquote: [],
  a: ["href"],
};

type Node = DefaultTreeAdapterTypes.ChildNode;

/** What a browser's parser would make of `html` that is not on the list. */
function faultsOf(html: string): string[] {
  const faults: string[] = [];
  const visit = (node: Node, depth: number): void => {
    if (node.nodeName === "#text") return;
    if (!("tagName" in node)) return void faults.push(node.nodeName);
    const allowed = ATTRIBUTES[node.tagName];
    if (allowed === undefined || node.namespaceURI !== "http://www.w3.org/1999/xhtml")
      faults.push(node.tagName);
    if (depth > 200) faults.push("deep");
    for (const { name, value } of node.attrs) {
      if (!allowed?.includes(name)) faults.push(`${node.tagName} ${name}`);
      if (name === "href" && !/^https?:$/.test(new URL(value).protocol)) faults.push(value);
      if (name === "start" && !/^\d{1,9}$/.test(value)) faults.push(value);
    }
    for (const child of node.childNodes) visit(child, depth + 1);
  };
  const root = parseFragment(html, { onParseError: ({ code }) => void faults.push(code) });
  for (const child of root.childNodes) visit(child, 0);
  return faults;
}

test("R-F1: an agent's Markdown is paragraphs, breaks, emphasis, code, lists, quotations and links, and no more", () => {
  expect(htmlOf("**Bon**jour _vous_ `x<y`")).toBe(
    "<p><strong>Bon</strong>jour <em>vous</em> <code>x&lt;y</code></p>",
  );
  expect(htmlOf("Deux choix :\n\n- a\n- b\n  suite")).toBe(
    "<p>Deux choix :</p><ul><li>a</li><li>b<br>suite</li></ul>",
  );
  expect(htmlOf("3. trois\n4. quatre")).toBe('<ol start="3"><li>trois</li><li>quatre</li></ol>');
  expect(htmlOf("```js\n<b> &amp;\n```")).toBe("<pre><code>&lt;b&gt; &amp;amp;\n</code></pre>");
  expect(htmlOf("> dit\n> elle")).toBe("<blockquote><p>dit<br>elle</p></blockquote>");
  expect(htmlOf("**a**\nb\\\nc\n\nd")).toBe("<p><strong>a</strong><br>b<br>c</p><p>d</p>");
  expect(htmlOf('[la page](https://shop.example/a?b=1&c=2 "titre")')).toBe(
    '<p><a href="https://shop.example/a?b=1&amp;c=2">la page</a></p>',
  );
});

test("R-F1: headings, rules, pictures, tags and references stay as they were written", () => {
  for (const text of [
    "# Titre",
    "Titre\n=====",
    "---",
    "<b>x</b>",
    "a &lt; &copy; b",
    "    indenté",
    "[a]: https://x.y",
  ])
    expect(htmlOf(text)).toBeNull();
  expect(htmlOf("![vue](https://shop.example/a.png)")).toBe(
    '<p>!<a href="https://shop.example/a.png">vue</a></p>',
  );
  expect(htmlOf("<img src=x onerror=alert(1)> **a**")).toBe(
    "<p>&lt;img src=x onerror=alert(1)&gt; <strong>a</strong></p>",
  );
});

test("R-F1: a web address is a link as it stands, whatever emphasis its letters would make", () => {
  expect(htmlOf("**Voir** https://shop.example/_a_/b_c?x=1&y=2.")).toBe(
    '<p><strong>Voir</strong> <a href="https://shop.example/_a_/b_c?x=1&amp;y=2">https://shop.example/_a_/b_c?x=1&amp;y=2</a>.</p>',
  );
  expect(htmlOf("**Voir** (https://fr.example/A_(b))")).toBe(
    '<p><strong>Voir</strong> (<a href="https://fr.example/A_(b)">https://fr.example/A_(b)</a>)</p>',
  );
  // Alone, the text says as much.
  expect(htmlOf("Voir https://shop.example/_a_/b_c")).toBeNull();
});

test.each([
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "data:text/html,x",
  "vbscript:x",
  "file:///etc/passwd",
  "blob:a.example",
  "//evil.example",
  "/panier",
  "#x",
  "mailto:a@b.example",
  "https://bank.example@evil.example/",
  "https:evil.example",
  "https:\\\\evil.example",
  "java\tscript:alert(1)",
  "<java\nscript:alert(1)>",
  "https://",
])("R-F2: %s is no link; links lead to the web, with a host and without a login", (address) => {
  for (const text of [`**x** [a](${address})`, `**x** <${address}>`, `**x** ${address}`])
    expect(htmlOf(text) ?? "").not.toContain("<a");
});

test("R-F3: a text that says nothing more than itself has no HTML, nor has a visitor's, ever", () => {
  for (const text of ["Bonjour !", "a\nb\n\nc", "1 * 2 * 3", "snake_case_name", "2024", "a - b", "5 < 6 > 4"])
    expect(said(text)).toEqual({ ok: true, body: text, html: null });
  expect(said("**x**", "visitor")).toEqual({ ok: true, body: "**x**", html: null });
  expect(said("**x**", "bot")).toMatchObject({ html: "<p><strong>x</strong></p>" });
  expect(contentOf({ role: "agent", kind: "note", body: "**x**" }, NO_FILE)).toMatchObject({
    html: "<p><strong>x</strong></p>",
  });
  expect(said("a\uD800 *b*")).toEqual({ ok: true, body: "a\uFFFD *b*", html: "<p>a\uFFFD <em>b</em></p>" });
});

const PIECES = [
  ..."*_`~[]()<>!#&\\|-+=:;\"'/\n\t 0123456789.ahtps\u0000\u00a0\u200b\u202e\ufeff",
  "\n\n",
  "    ",
  "```",
  "~~~",
  "- ",
  "1. ",
  "> ",
  "](",
  "![",
  "<script>",
  "</script>",
  "<img src=x onerror=alert(1)>",
  "<svg/onload=alert(1)>",
  "<!--",
  "-->",
  "<![CDATA[",
  "<a href='javascript:alert(1)'>",
  "</p>",
  "<math><mtext><style>",
  "javascript:",
  "data:text/html;base64,",
  "https://a.b/",
  'http://a.b?c="onmouseover=alert(1)',
  "<https://a.b>",
  "&lt;",
  "&#60;",
  "&quot;",
  "&#x6A;avascript:",
  "[x]: https://a.b\n",
  "[x]",
  "{{",
  "\uD800",
  "é",
  "🙂",
];

test("R-F2: of 100,000 hostile texts none becomes a tag or an attribute that is not on the list", () => {
  const pieces = fc.array(fc.constantFrom(...PIECES), { maxLength: 30 });
  const hostile = fc
    .tuple(fc.constantFrom("", "**x** "), pieces)
    .map(([marked, rest]) => marked + rest.join(""));
  let rendered = 0;
  fc.assert(
    fc.property(hostile, (text) => {
      const html = htmlOf(text.toWellFormed());
      if (html === null) return;
      rendered += 1;
      expect(faultsOf(html)).toEqual([]);
    }),
    { numRuns: 100_000 },
  );
  expect(rendered).toBeGreaterThan(30_000);
}, 300_000);

test("R-F2: the judge of the property finds what must not be there", () => {
  for (const html of [
    "<script>x</script>",
    '<p onclick="x">a</p>',
    '<a href="javascript:x">a</a>',
    '<p class="x">a</p>',
    "<svg></svg>",
    "<!-- x -->",
  ])
    expect(faultsOf(html)).not.toEqual([]);
});

test.each([
  [">".repeat(4_000)],
  ["[".repeat(4_000)],
  ["*a ".repeat(1_333)],
  ["_a*b".repeat(1_000)],
  ["- ".repeat(2_000)],
  ["1. ".repeat(1_333)],
  ["> - ".repeat(1_000)],
  ["- a\n".repeat(1_000)],
  ["[a](x)".repeat(660)],
  [">".repeat(6) + "\n" + "a\n".repeat(1_990)],
  [Array.from({ length: 60 }, (_, depth) => `${"  ".repeat(depth)}- a`).join("\n")],
  ["*h* http".repeat(500)],
  ["a".repeat(MAX_MARKDOWN + 1) + "**b**"],
])("R-F2: a text made to be costly is rendered within a second, or stays text (%#)", (text) => {
  const began = process.cpuUsage();
  const html = htmlOf(text);
  const { user, system } = process.cpuUsage(began);
  expect((user + system) / 1_000).toBeLessThan(1_000);
  expect(html === null || faultsOf(html).length === 0).toBe(true);
});

const CARD = { title: "Lampe", url: "https://shop.example/lampe" };
const card = (body: unknown) =>
  contentOf(
    { role: "agent", kind: "card", body: typeof body === "string" ? body : JSON.stringify(body) },
    NO_FILE,
  );

test("R-F3: a card is kept with its known fields alone, in one order, whatever was sent", () => {
  const sent = {
    text: " Chaude\n et douce ",
    x: 1,
    price: { currency: "EUR", amount: 49.9, y: 2 },
    image: "https://cdn.example/l.jpg",
    ...CARD,
  };
  expect(card(sent)).toEqual({
    ok: true,
    html: null,
    body: JSON.stringify({
      title: "Lampe",
      image: "https://cdn.example/l.jpg",
      price: { amount: 49.9, currency: "EUR" },
      url: "https://shop.example/lampe",
      text: "Chaude et douce",
    }),
  });
  expect(card(CARD)).toEqual({ ok: true, html: null, body: JSON.stringify(CARD) });
});

test.each([
  ["no JSON"],
  ["null"],
  ["[]"],
  [{}],
  [{ ...CARD, title: " " }],
  [{ ...CARD, title: "x".repeat(201) }],
  [{ ...CARD, url: "javascript:alert(1)" }],
  [{ ...CARD, url: "/lampe" }],
  [{ ...CARD, url: "https://a@shop.example/" }],
  [{ ...CARD, image: "data:image/png;base64,x" }],
  [{ ...CARD, image: null }],
  [{ ...CARD, price: { amount: "49", currency: "EUR" } }],
  [{ ...CARD, price: { amount: -1, currency: "EUR" } }],
  [{ ...CARD, price: { amount: 1, currency: "eur" } }],
  [{ ...CARD, text: "x".repeat(601) }],
])("R-F3: %j is no card, and it is said where", (body) => {
  expect(card(body)).toMatchObject({
    ok: false,
    code: "bad_frame",
    message: expect.stringContaining("card"),
  });
});

test("R-F4: a file is shown as its room knows it, and only by who brought it", () => {
  const file: FileInfo = {
    id: "fil_1",
    name: "plan.pdf",
    type: "application/pdf",
    bytes: 12,
    by: { role: "visitor", id: "v" },
  };
  const byId = (id: string) => (id === file.id ? file : null);
  const sent = { id: "fil_1", name: "evil.html", type: "text/html", bytes: 1 };
  const show = (role: "visitor" | "agent", body: unknown) =>
    contentOf({ role, kind: "file", body: JSON.stringify(body) }, byId);
  expect(show("visitor", sent)).toEqual({
    ok: true,
    html: null,
    body: JSON.stringify({ id: "fil_1", name: "plan.pdf", type: "application/pdf", bytes: 12 }),
  });
  expect(show("agent", sent)).toMatchObject({ ok: false, code: "not_found" });
  expect(show("visitor", { id: "fil_2" })).toMatchObject({ ok: false, code: "not_found" });
  for (const body of [null, {}, { id: "" }, { id: null }, { id: 1 }, { id: "x".repeat(101) }, "fil_1"])
    expect(show("visitor", body)).toMatchObject({ ok: false, code: "bad_frame" });
});
