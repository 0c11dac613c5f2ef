import { defineConfig } from "vitest/config";
import { propertySeed } from "./scripts/property-seed.ts";

export default defineConfig({
  test: {
    name: "domain",
    include: ["tests/domain/**/*.test.ts", "tests/architecture.test.ts"],
    provide: { propertySeed: propertySeed() },
    setupFiles: ["./tests/property-seed.ts"],
    // Thousands of cases on a machine that is busy with other things: only what hangs is ended.
    testTimeout: 120_000,
  },
});
