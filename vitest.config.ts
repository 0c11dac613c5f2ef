import { defineConfig } from "vitest/config";

/** Three kinds of test: pure code in Node, objects and routes in workerd, the whole product from outside. */
export default defineConfig({
  test: {
    projects: ["vitest.domain.config.ts", "vitest.workers.config.ts", "vitest.system.config.ts"],
  },
});
