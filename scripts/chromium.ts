/**
 * The browsers of the tests: a whole Chromium, and its shell without windows, which is the same engine for a quarter of
 * the processor time a page. Each is named by the environment, one of the system's, or Debian's where we may install it.
 */
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
const SHELL_PLACE = "/usr/bin/chromium-headless-shell";

/** The path of a whole Chromium. Throws one sentence that says what to install where there is none. */
export function findChromium(): string {
  const named = namedBy("CHROME_PATH");
  if (named !== null) return named;
  const found = USUAL_PLACES.find((path) => existsSync(path));
  if (found !== undefined) return found;
  if (mayInstall()) return installDebianChromium();
  throw new Error(
    "The browser tests need Chromium: install the package `chromium` (or Google Chrome), or set CHROME_PATH to one.",
  );
}

/** The path of the shell; where there is none, or a Chromium was named, of the whole browser. */
export function findShell(): string {
  const named = namedBy("CHROME_SHELL_PATH") ?? namedBy("CHROME_PATH");
  if (named !== null) return named;
  return existsSync(SHELL_PLACE) ? SHELL_PLACE : findChromium();
}

/** Both, the shell installed where we may: a run without it takes longer, and is otherwise the same. */
export function prepareBrowsers(): { CHROME_PATH: string; CHROME_SHELL_PATH: string } {
  const whole = findChromium();
  if (namedBy("CHROME_PATH") === null && !existsSync(SHELL_PLACE) && mayInstall()) {
    const failed = install("chromium-headless-shell");
    if (failed !== null) console.log(`${failed}: the whole browser takes its place.`);
  }
  return { CHROME_SHELL_PATH: findShell(), CHROME_PATH: whole };
}

function namedBy(variable: "CHROME_PATH" | "CHROME_SHELL_PATH"): string | null {
  const named = process.env[variable];
  if (named === undefined || named === "") return null;
  if (existsSync(named)) return named;
  throw new Error(`${variable} names ${named}, where there is no file.`);
}

function mayInstall(): boolean {
  return process.getuid?.() === 0 && existsSync("/etc/debian_version");
}

function installDebianChromium(): string {
  const failed = install("chromium");
  if (failed !== null) throw new Error(`${failed}: install \`chromium\` by hand.`);
  const path = "/usr/bin/chromium";
  if (existsSync(path)) return path;
  const release = readFileSync("/etc/debian_version", "utf8").trim();
  throw new Error(`Debian ${release}'s chromium did not come to ${path}: set CHROME_PATH.`);
}

/** Install Debian's `name`; what failed, in words, or null. */
function install(name: string): string | null {
  console.log(`Installing Debian's ${name} for the browser tests…`);
  for (const args of [["update"], ["install", "--yes", "--no-install-recommends", name]]) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const done = spawnSync("apt-get", ["-qq", ...args], { stdio: ["ignore", "ignore", "inherit"], env });
    if (done.status !== 0) return `apt-get ${args.join(" ")} failed`;
  }
  return null;
}
