/**
 * `npm run replay-dead`: puts the dead letters of an installation back on the history queue.
 *
 * Asks the running Aparté to do it, as one of its installation's admins.
 */
import { parseArgs } from "node:util";

const HELP = `npm run replay-dead -- [options]

  --url http://localhost:8787
  --email admin@demo.test   an admin of the installation
  --password …              or APARTE_PASSWORD; the demo's own unless told otherwise`;

const { values } = parseArgs({
  options: {
    url: { type: "string", default: process.env["APARTE_URL"] ?? "http://localhost:8787" },
    email: { type: "string", default: "admin@demo.test" },
    password: { type: "string", default: process.env["APARTE_PASSWORD"] ?? "aparte-demo-1" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(HELP);
} else {
  try {
    const replayed = await replayDead(values.url, values.email, values.password);
    console.log(`${replayed} dead letters are back on the queue.`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

/** Sign in and ask; resolves to how many letters went back. Throws with the server's words where it refuses. */
async function replayDead(url: string, email: string, password: string): Promise<number> {
  const origin = new URL(url).origin;
  const signedIn = await post(`${origin}/api/auth/sign-in/email`, origin, "", { email, password });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const answer = await post(`${origin}/api/installation/dead-letters/replay`, origin, cookie, {});
  const { replayed } = (await answer.json()) as { replayed: number };
  return replayed;
}

async function post(address: string, origin: string, cookie: string, body: object): Promise<Response> {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json", origin, cookie },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${new URL(address).pathname}: ${answer.status} ${await answer.text()}`);
  return answer;
}
