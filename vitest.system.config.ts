import { defineConfig } from "vitest/config";

/** They measure time, to the second or by the frame, so nothing runs beside them. */
const TIMED = ["journey", "signals-beacon"].map((name) => `tests/system/${name}.test.ts`);

/** Real servers, real browser. Four files at a time, each with a server of its own: much of a run is waiting. */
export default defineConfig({
  test: {
    globalSetup: ["./tests/system/global-setup.ts"],
    projects: [
      {
        extends: true,
        test: { name: "timed", include: TIMED, maxWorkers: 1, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: {
          name: "system",
          include: ["tests/system/**/*.test.ts", "tests/interop/**/*.test.ts"],
          exclude: TIMED,
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
