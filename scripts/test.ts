/**
 * `npm test`: types, front ends, then every kind of test in turn; the last line is `N passed, N failed`.
 * `npm run test:data`: the tests that read the public data beside the checkout.
 *
 * A skipped test, a kind without tests and a failure outside a test each count as failed: nothing passes by absence.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildFrontEnds, QUIET, ROOT, runTool } from "./bundle.ts";
import { prepareBrowsers } from "./chromium.ts";

const REPORTS = join(ROOT, "node_modules/.cache/test-reports");

/** What Vitest's JSON reporter says of a whole run, as far as we count it. */
type Report = {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { name: string; status: string; message: string; assertionResults: unknown[] }[];
};
type Count = { passed: number; failed: number };

const data = process.argv.includes("data");
let total: Count;
try {
  total = data ? testData() : testAll();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  total = { passed: 0, failed: 1 };
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

function testAll(): Count {
  step("types");
  runTool("node_modules/typescript/bin/tsc", ["-b"]);
  step("front ends");
  buildFrontEnds();
  const browsers = prepareBrowsers();
  return ["domain", "workers", "system"]
    .map((project) => runProject(project, browsers))
    .reduce((sum, count) => ({ passed: sum.passed + count.passed, failed: sum.failed + count.failed }));
}

function testData(): Count {
  const folder = join(ROOT, "../shared/data");
  if (!existsSync(folder))
    throw new Error("test:data reads ../shared/data, and there is no such folder here.");
  return runProject("data", {});
}

/** Run one of the Vitest configurations and count what its JSON report says. */
function runProject(project: string, env: Record<string, string>): Count {
  step(project);
  mkdirSync(REPORTS, { recursive: true });
  const report = join(REPORTS, `${project}.json`);
  rmSync(report, { force: true });
  const config = `vitest.${project}.config.ts`;
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const done = spawnSync(
    process.execPath,
    ["node_modules/vitest/vitest.mjs", "run", "--config", config, ...reporters],
    { cwd: ROOT, env: { ...process.env, ...QUIET, ...env }, stdio: ["ignore", "inherit", "inherit"] },
  );
  if (!existsSync(report)) {
    console.error(`${project}: the run ended with ${done.status ?? done.signal} and left no report`);
    return { passed: 0, failed: 1 };
  }
  return countOf(project, JSON.parse(readFileSync(report, "utf8")) as Report, done.status === 0);
}

function countOf(project: string, report: Report, clean: boolean): Count {
  const skipped = report.numPendingTests + report.numTodoTests;
  const broken = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  ).length;
  if (skipped > 0) console.error(`${project}: ${skipped} skipped, which counts as failed`);
  if (report.numPassedTests === 0) console.error(`${project}: no test passed`);
  const failed = report.numFailedTests + skipped + broken;
  const blamed = failed === 0 && (!clean || report.numPassedTests === 0) ? 1 : failed;
  return { passed: report.numPassedTests, failed: blamed };
}

function step(name: string): void {
  console.log(`\n── ${name}`);
}
