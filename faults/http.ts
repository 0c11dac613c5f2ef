/** The demo site as its people use it over HTTP: sign in, tickets, conversations. */

const PASSWORD = "aparte-demo-1";

export type Opened = { conversation: { id: string; status: string }; token: string; socket_url: string };

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
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${new URL(address).pathname}: ${answer.status} ${text}`);
  return JSON.parse(text) as T;
}

/** The session cookie of a demo login. */
export async function signIn(url: string, email: string): Promise<string> {
  const answer = await fetch(`${url}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`sign-in of ${email}: ${answer.status} ${text}`);
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
}

/** A new conversation of the visitor `anonymousId` at the demo site. */
export function openConversation(url: string, anonymousId: string): Promise<Opened> {
  return post<Opened>(`${url}/v1/conversations`, { writeKey: "demo", anonymousId });
}

/** One ticket of the login `cookie` into `conversation`. */
export async function ticketFor(url: string, cookie: string, conversation: string): Promise<string> {
  const address = `${url}/api/sites/demo/conversations/${conversation}/ticket`;
  return (await post<{ ticket: string }>(address, {}, { cookie, origin: url })).ticket;
}
