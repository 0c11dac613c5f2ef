/** The browser of the tests: `CHROME_PATH`, one of the system's, or Debian's where we may install it. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const USUAL_PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome-stable",
  "/usr/bin/google-chrome",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** The path of a Chromium. Throws one sentence that says what to install where there is none. */
export function findChromium(): string {
  const named = process.env["CHROME_PATH"];
  if (named !== undefined && named !== "") {
    if (existsSync(named)) return named;
    throw new Error(`CHROME_PATH names ${named}, where there is no file.`);
  }
  const found = USUAL_PLACES.find((path) => existsSync(path));
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync("/etc/debian_version")) return installDebianChromium();
  throw new Error(
    "The browser tests need Chromium: install the package `chromium` (or Google Chrome), or set CHROME_PATH to one.",
  );
}

function installDebianChromium(): string {
  console.log("Installing Debian's chromium for the browser tests…");
  for (const args of [["update"], ["install", "--yes", "--no-install-recommends", "chromium"]]) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const done = spawnSync("apt-get", ["-qq", ...args], { stdio: ["ignore", "ignore", "inherit"], env });
    if (done.status !== 0) throw new Error(`apt-get ${args.join(" ")} failed: install \`chromium\` by hand.`);
  }
  const path = "/usr/bin/chromium";
  if (existsSync(path)) return path;
  const release = readFileSync("/etc/debian_version", "utf8").trim();
  throw new Error(`Debian ${release}'s chromium did not come to ${path}: set CHROME_PATH.`);
}
