import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "domain",
    include: ["tests/domain/**/*.test.ts", "tests/architecture.test.ts"],
  },
});
