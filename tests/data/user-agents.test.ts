/** Lists of browsers and crawlers beside the checkout, against who is counted as a person (rule F17). */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { deviceOf, isBot, isPersonal } from "../../domain/visit/user-agent.ts";

const FOLDER = "../shared/data/user-agents";

/** The user agents of a list of plain or quoted items under names. */
function browsersOf(name: string): string[] {
  return readFileSync(`${FOLDER}/${name}`, "utf8")
    .split("\n")
    .flatMap((line) => /^ {2}- (.*)$/.exec(line)?.[1] ?? [])
    .map((item) => /^'(.*)'$/.exec(item)?.[1] ?? /^"(.*)"$/.exec(item)?.[1] ?? item);
}

const share = (part: number, whole: number) => `${part} of ${whole} (${((100 * part) / whole).toFixed(1)} %)`;

test("F17: the 555 browsers are people, every one, driven browsers counted or not", () => {
  const browsers = browsersOf("isbot-browsers.yml");
  const bots = browsers.filter((agent) => isBot(agent, false) || isBot(agent, true));
  console.log(`browsers taken for bots: ${share(bots.length, browsers.length)}`);
  expect(browsers.length).toBe(555);
  expect(bots).toEqual([]);
});

test("F17: what people use most has a device, a browser and a system", () => {
  for (const name of ["desktop", "mobile"] as const) {
    const agents = JSON.parse(readFileSync(`${FOLDER}/${name}.json`, "utf8")) as string[];
    const devices = agents.map((agent) => deviceOf(agent, "fr-FR"));
    const told = devices.filter(({ browser, os }) => browser !== null && os !== null);
    const right = devices.filter(({ type }) =>
      name === "desktop" ? type === "desktop" : type !== "desktop",
    );
    console.log(
      `${name}: named ${share(told.length, agents.length)}, of the right kind ${share(right.length, agents.length)}`,
    );
    expect(agents.filter((agent) => isBot(agent, false))).toEqual([]);
    expect(told.length / agents.length).toBeGreaterThan(0.95);
    expect(right.length / agents.length).toBeGreaterThan(0.95);
  }
});

test("F17: most crawlers are known for what they are", () => {
  const crawlers = JSON.parse(readFileSync(`${FOLDER}/crawler-user-agents.json`, "utf8")) as {
    instances: string[];
  }[];
  const agents = crawlers.flatMap(({ instances }) => instances);
  const posing = agents.filter(isPersonal);
  const known = agents.filter((agent) => isBot(agent, false));
  const knownPosing = posing.filter((agent) => isBot(agent, false));
  console.log(`crawlers known: ${share(known.length, agents.length)}`);
  console.log(`of those that pose as browsers: ${share(knownPosing.length, posing.length)}`);
  expect(knownPosing.length / posing.length).toBeGreaterThan(0.95);
  expect(known.length / agents.length).toBeGreaterThan(0.75);
});

test("F17: requests of bots in a real site's log", () => {
  const agents = readFileSync("../shared/data/apache-access-log/access.log", "utf8")
    .split("\n")
    .flatMap((line) => /" "([^"]*)"?$/.exec(line)?.[1] ?? []);
  const bots = agents.filter((agent) => isBot(agent, false));
  const naive = agents.filter((agent) => /bot|crawl|spider|slurp/i.test(agent));
  console.log(
    `apache log: bots ${share(bots.length, agents.length)}, by a naive pattern ${share(naive.length, agents.length)}`,
  );
  expect(agents.length).toBeGreaterThan(9_000);
  expect(bots.length).toBeGreaterThan(naive.length);
});

test("F17: a device is named in known words only, whatever an agent calls itself", () => {
  for (const agent of [
    "Mozilla/5.0 <script>alert(1)</script>/9 ",
    "Opera/<b>x</b> (y)",
    "Mozilla/",
    "Dalvik/ javascript:1/2 ",
  ]) {
    expect(JSON.stringify(deviceOf(agent, "<b>"))).not.toMatch(/[<>]|script|alert|\bx\b/);
  }
});
