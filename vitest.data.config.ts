import { defineConfig } from "vitest/config";

/** What reads the public data in ../shared: not part of `npm test`, and failing where it is absent. */
export default defineConfig({
  test: { name: "data", include: ["tests/data/**/*.test.ts"], testTimeout: 120_000 },
});
