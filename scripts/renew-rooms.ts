/**
 * `node scripts/renew-rooms.ts`: has rooms begin another numbering once their storage was set back to an earlier moment.
 *
 * Asks the running Aparté to do it, a page of rooms a call, as one of its installation's admins. It may be stopped and
 * started again: to renew a room twice changes nothing that anybody sees.
 */
import { parseArgs } from "node:util";

const HELP = `node scripts/renew-rooms.ts --conversation cnv_… | --site demo [options]

  --conversation cnv_…      one room
  --site demo               all rooms of a site that history knows
  --since 2026-11-23T09:00Z of them those that began then or later
  --url http://localhost:8787
  --email admin@demo.test   an admin of the installation
  --password …              or APARTE_PASSWORD; the demo's own unless told otherwise`;

const { values } = parseArgs({
  options: {
    conversation: { type: "string" },
    site: { type: "string" },
    since: { type: "string" },
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
    const renewed = await renew();
    console.log(`${renewed} ${renewed === 1 ? "room has" : "rooms have"} begun anew.`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

/** Sign in and ask, page by page; resolves to how many rooms there were. Throws with the server's words where it refuses. */
async function renew(): Promise<number> {
  const wanted = wantedRooms();
  const { origin } = new URL(values.url);
  const { email, password } = values;
  const signedIn = await post(`${origin}/api/auth/sign-in/email`, origin, "", { email, password });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  let renewed = 0;
  for (let cursor: string | null = null; ;) {
    const page = { ...wanted, ...(cursor === null ? {} : { cursor }) };
    const answer = await post(`${origin}/api/installation/rooms/renew`, origin, cookie, page);
    const told = (await answer.json()) as { renewed: number; next_cursor: string | null };
    renewed += told.renewed;
    cursor = told.next_cursor;
    if (cursor === null) return renewed;
  }
}

function wantedRooms(): object {
  const { conversation, site, since } = values;
  if (conversation !== undefined && site === undefined && since === undefined) return { conversation };
  if (site === undefined || conversation !== undefined) {
    throw new Error("name one room with --conversation, or a site with --site (--help says more)");
  }
  if (since === undefined) return { site };
  if (!Number.isFinite(Date.parse(since))) throw new Error("--since is a moment: 2026-11-23T09:00Z");
  return { site, since: new Date(since).toISOString() };
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
