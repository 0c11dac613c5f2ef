/** The operator's command after a restore (P27), against the real server. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../scripts/bundle.ts";
import { eventually, post, signIn } from "./demo-api.ts";
import { DeskClient } from "./desk-client.ts";
import { url } from "./own-server.ts";

async function run(...options: string[]): Promise<{ code: unknown; said: string }> {
  const script = join(ROOT, "scripts/renew-rooms.ts");
  const child = spawn(process.execPath, [script, "--url", url, ...options], { cwd: ROOT });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, "close")) as unknown[];
  return { code, said };
}

test("P27: the command renews a room, whose readers begin anew, and says what it was not told or may not do", async () => {
  const desk = new DeskClient();
  await desk.connect(url, await signIn(url, "lea@demo.test"));
  const availability = async () => {
    const answer = await fetch(`${url}/v1/availability?key=demo`);
    return ((await answer.json()) as { state: string }).state;
  };
  await eventually(availability, (state) => state === "online");
  const opened = await post<{ conversation: { id: string }; token: string }>(`${url}/v1/conversations`, {
    writeKey: "demo",
    anonymousId: crypto.randomUUID(),
  });
  const { conversation, token } = opened;
  const read = async (query: string) => {
    const answer = await fetch(`${url}/v1/conversations/${conversation.id}/messages?${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return (await answer.json()) as { epoch: string; reset: boolean };
  };
  const { epoch } = await read("after=0");
  const done = await run("--conversation", conversation.id);
  expect(done).toEqual({ code: 0, said: "1 room has begun anew.\n" });
  const anew = await read(`after=0&epoch=${epoch}`);
  expect(anew.epoch).not.toBe(epoch);
  expect(anew.reset).toBe(true);

  expect((await run("--help")).said).toContain("--since");
  for (const [options, words] of [
    [[], "--help says more"],
    [["--site", "nobody"], "there is no such site"],
    [["--site", "demo", "--since", "yesterday"], "--since is a moment"],
    [["--site", "demo", "--email", "lea@demo.test"], "only an admin of the installation"],
  ] as const) {
    const { code, said } = await run(...options);
    expect([options, code]).toEqual([options, 1]);
    expect(said).toContain(words);
  }
  desk.close();
});
