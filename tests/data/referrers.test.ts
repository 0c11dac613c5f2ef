/** Matomo's lists beside the checkout, against the channels they give (rule F9). */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { arrivalOf } from "../../domain/visit/channel.ts";
import { isSpammer, kindOf, referrerOf } from "../../domain/visit/referrer.ts";

const FOLDER = "../shared/data/referrers";
/** Listed as engines, and networks or assistants first of all. */
const NOT_SEARCH: Readonly<Record<string, string>> = {
  "chat.openai.com": "AI Assistants",
  "chatgpt.com": "AI Assistants",
  "you.com": "AI Assistants",
  "www.perplexity.ai": "AI Assistants",
  "www.facebook.com": "Organic Social",
};
/** Listed as networks, and video sites in GA4's own list. */
const VIDEO = ["youtube.com", "youtu.be", "vimeo.com"];

const lines = (name: string) => readFileSync(join(FOLDER, name), "utf8").split("\n");
/** Listed as engines and as spam: these add themselves to browsers, and nobody searches there. */
const BOTH = ["search.fbdownloader.com", "search.iminent.com"];

/** Plain or quoted items of the lists, whatever they stand under. */
const itemsOf = (name: string) => lines(name).flatMap((line) => /^\s+- '?([^':]+?)'?$/.exec(line)?.[1] ?? []);

/** The addresses of engines, without their parameters. */
function engineUrls(): string[] {
  let under = "";
  return lines("matomo-SearchEngines.yml").flatMap((line) => {
    under = /^ {2}(?: {2}|- )(\w+):/.exec(line)?.[1] ?? under;
    const item = /^ {6}- '?([^']+?)'?$/.exec(line)?.[1];
    return under === "urls" && item !== undefined ? [item] : [];
  });
}

function channelFrom(address: string): string {
  const referrer = address.startsWith("android-app//")
    ? address.replace("android-app//", "android-app://")
    : `https://${address}${address.includes("/") ? "" : "/"}`;
  const page = { url: "https://shop.example/", path: "/", title: null, status: null, searchTerms: null };
  return arrivalOf({ ...page, referrer, search: {} }).channel;
}

test("F9: every search engine gives a search, in every country it is listed for", () => {
  const urls = engineUrls();
  const addresses = urls.flatMap((url) =>
    url.includes("{}") ? ["fr", "de", "pl"].map((country) => url.replace("{}", country)) : [url],
  );
  const wrong = addresses.filter(
    (address) => channelFrom(address) !== (NOT_SEARCH[address] ?? "Organic Search"),
  );
  console.log(
    `search: ${addresses.length} addresses of ${urls.length} entries, ${wrong.length} not a search`,
  );
  expect(urls.length).toBeGreaterThan(650);
  expect(wrong).toEqual([]);
});

test("F9: every social network is a social one, GA4's video sites a video one, every assistant an assistant", () => {
  const socials = itemsOf("matomo-Socials.yml");
  const assistants = itemsOf("matomo-AIAssistants.yml");
  const wrong = [
    ...socials.filter(
      (host) => channelFrom(host) !== (VIDEO.includes(host) ? "Organic Video" : "Organic Social"),
    ),
    ...assistants.filter((host) => channelFrom(host) !== "AI Assistants"),
  ];
  console.log(`social: ${socials.length} hosts; assistants: ${assistants.length}; ${wrong.length} wrong`);
  expect(socials.length).toBeGreaterThan(150);
  expect(wrong).toEqual([]);
});

test("F9: every spammer is one, and none of the sites that send people", () => {
  const spammers = lines("matomo-spammers.txt").filter(Boolean);
  expect(spammers.filter((host) => !isSpammer(host) || !isSpammer(`www.${host}`))).toEqual([]);
  const senders = [...engineUrls(), ...itemsOf("matomo-Socials.yml")].map((url) => url.replace("{}", "fr"));
  expect(senders.filter((url) => isSpammer(url.split("/")[0] ?? ""))).toEqual(BOTH);
});

test("F9: the module is what the script makes of the lists, however often it runs", () => {
  const folder = mkdtempSync(join(tmpdir(), "referrers-"));
  const to = join(folder, "lists.ts");
  try {
    const run = () => {
      execFileSync(process.execPath, ["scripts/referrers.ts", "--from", FOLDER, "--to", to]);
      return readFileSync(to, "utf8");
    };
    const first = run();
    expect(run()).toBe(first);
    expect(first).toBe(readFileSync("domain/visit/referrer-lists.ts", "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("F9: referrers of a real site's log", () => {
  const counts = new Map<string, number>();
  for (const line of readFileSync("../shared/data/apache-access-log/access.log", "utf8").split("\n")) {
    const address = / \d{3} \S+ "([^"]*)" "/.exec(line)?.[1];
    const referrer = referrerOf(address ?? null);
    if (referrer === null || referrer.host.endsWith("semicomplete.com")) continue;
    const kind = isSpammer(referrer.host) ? "spam" : (kindOf(referrer) ?? "other");
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  console.log("apache log, foreign referrers by kind:", Object.fromEntries(counts));
  expect(counts.get("search")).toBeGreaterThan(100);
});
