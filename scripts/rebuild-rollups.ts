/**
 * `node scripts/rebuild-rollups.ts`: has the kept figures of a site counted anew from its history.
 *
 * Asks the running Aparté to do it, some days a call, as one of the site's admins or with its API key. It may be stopped
 * at any time and started again: what is left is counted by the next run or by the schedule.
 */
import { parseArgs } from "node:util";

const HELP = `node scripts/rebuild-rollups.ts [options]

  --site demo
  --key ak_…                the site's API key, or APARTE_API_KEY; the demo's own unless told otherwise
  --url http://localhost:8787
  --behind                  only the days that are behind history; without it, all of them`;

const { values } = parseArgs({
  options: {
    site: { type: "string", default: "demo" },
    key: { type: "string", default: process.env["APARTE_API_KEY"] ?? "ak_demo_local_only" },
    url: { type: "string", default: process.env["APARTE_URL"] ?? "http://localhost:8787" },
    behind: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(HELP);
} else {
  try {
    const days = await rebuild(!values.behind);
    console.log(`${days} days of ${values.site} are counted.`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

/** Resolves to how many days were counted. Throws with the server's words where it refuses. */
async function rebuild(anew: boolean): Promise<number> {
  const address = `${new URL(values.url).origin}/api/sites/${encodeURIComponent(values.site)}/rollups`;
  let counted = 0;
  for (let first = anew; ; first = false) {
    const answer = await fetch(address, {
      method: "POST",
      headers: { authorization: `Bearer ${values.key}`, "content-type": "application/json" },
      body: JSON.stringify({ anew: first }),
    });
    if (!answer.ok) throw new Error(`${new URL(address).pathname}: ${answer.status} ${await answer.text()}`);
    const { days_counted, days_left } = (await answer.json()) as { days_counted: number; days_left: number };
    counted += days_counted;
    if (process.stderr.isTTY) process.stderr.write(`\r${counted} days counted, ${days_left} left   `);
    if (days_left === 0 || days_counted === 0) break;
  }
  if (process.stderr.isTTY) process.stderr.write("\n");
  return counted;
}
