/** What keeps people out of a page, as axe-core finds it in the browser. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * Every rule that the page breaks as it is now, each as "rule: html html". `where` is a selector of the part to look
 * at, which has to be there; without it the whole page is looked at.
 */
export async function violations(page: Page, where?: string): Promise<string[]> {
  const part = where === undefined ? "document" : JSON.stringify(where);
  // Through the debugger, since the page's own policy rightly refuses a foreign script.
  const session = await page.context().newCDPSession(page);
  const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
    expression: `${AXE}; axe.run(${part}, { resultTypes: ["violations"] }).then((found) =>
      found.violations.map((one) => one.id + ": " + one.nodes.map((node) => node.html).join(" ")))`,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  if (exceptionDetails !== undefined)
    throw new Error(`axe-core: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
  return result.value as string[];
}
