/** The demo site as its people use it over HTTP: sign in, tickets, conversations, exports. */
import Papa from "papaparse";

export const DEMO_PASSWORD = "aparte-demo-1";
export const DEMO_API_KEY = "ak_demo_local_only";

/** The session cookie of a demo login. */
export async function signIn(url: string, email: string): Promise<string> {
  const answer = await fetch(`${url}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify({ email, password: DEMO_PASSWORD }),
  });
  if (!answer.ok) throw new Error(`sign-in of ${email}: ${answer.status} ${await answer.text()}`);
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
}

/** POST as JSON and the answer's body. Throws with the server's words on anything but success. */
export async function post<T>(
  address: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<T> {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${new URL(address).pathname}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** The rows of one of the demo site's exports. */
export async function exported(url: string, table: string): Promise<Record<string, string>[]> {
  const answer = await fetch(`${url}/api/sites/demo/exports/${table}.csv`, {
    headers: { authorization: `Bearer ${DEMO_API_KEY}` },
  });
  if (!answer.ok) throw new Error(`${table}.csv: ${answer.status} ${await answer.text()}`);
  const text = (await answer.text()).replace(/^\uFEFF/, "");
  return Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data;
}

/** Ask until `holds`: that answer. Throws with the last one where it did not within `withinMs`. */
export async function eventually<T>(
  ask: () => Promise<T>,
  holds: (answer: T) => boolean,
  withinMs = 30_000,
): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (Date.now() >= until) throw new Error(`not within ${withinMs} ms: ${JSON.stringify(answer)}`);
    await new Promise((wake) => setTimeout(wake, 250));
  }
}
