/** What the admin says of the site's people, from the API to the desk. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { HOST, joinDesk, postJson, request } from "./chat-client.ts";
import { signIn } from "./login.ts";
import { makeSite } from "./site.ts";

test("R-K18: languages and capacity are saved with a version, refused in place, and at the desk at once", async () => {
  const { key } = await makeSite();
  const boss = await signIn("Ada", [key], "admin");
  const lea = await signIn("Léa", [key]);
  const path = `/api/sites/${key}/agents/${lea.id}`;
  const patch = (body: object, version: number) =>
    request(path, {
      method: "PATCH",
      headers: {
        cookie: boss.cookie,
        origin: HOST,
        "content-type": "application/json",
        "if-match": `"${version}"`,
      },
      body: JSON.stringify(body),
    });
  const desk = await joinDesk(lea, key);
  const saved = await patch({ languages: ["fr", "de"], capacity: 5 }, 1);
  expect(saved.status).toBe(200);
  expect(await saved.json()).toMatchObject({
    languages: ["fr", "de"],
    capacity: 5,
    role: "agent",
    version: 2,
  });
  await desk.find("queue", ({ agents }) =>
    agents.some(({ id, capacity }) => id === lea.id && capacity === 5),
  );
  expect((await patch({ capacity: 4 }, 1)).status).toBe(412);
  for (const [body, named] of [
    [{ languages: ["french"] }, "languages.0"],
    [{ languages: ["fr", "fr"] }, "languages"],
    [{ capacity: 0 }, "capacity"],
    [{ capacity: 21 }, "capacity"],
  ] as const) {
    const refused = await patch(body, 2);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { path: named } });
  }
  const skill = { key: "sizes", name: "Tailles", agents: [lea.id], levels: { [lea.id]: 3 } };
  const api = { cookie: boss.cookie, origin: HOST };
  expect((await postJson(`/api/sites/${key}/skills`, skill, api)).status).toBe(201);
  const back = await patch({ capacity: null }, 2);
  expect(await back.json()).toMatchObject({ languages: ["fr", "de"], capacity: null });
  await desk.find("queue", ({ agents }) =>
    agents.some(({ id, capacity }) => id === lea.id && capacity === 3),
  );
  desk.send({ type: "status", state: "online" });
  await desk.find("queue", ({ agents }) => agents.some(({ state }) => state === "online"));
  expect(await env.SITE_DESK.getByName(key).status()).toMatchObject({ skills: { sizes: 3 } });
});
