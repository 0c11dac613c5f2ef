import { defineConfig } from "vitest/config";

/** Real server, real browser, one file at a time: they share two cores. */
export default defineConfig({
  test: {
    name: "system",
    include: ["tests/system/**/*.test.ts", "tests/interop/**/*.test.ts"],
    globalSetup: ["./tests/system/global-setup.ts"],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
