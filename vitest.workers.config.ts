import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { propertySeed } from "./scripts/property-seed.ts";

export default defineConfig({
  plugins: [
    cloudflareTest(async () => ({
      wrangler: { configPath: "./wrangler.toml" },
      miniflare: {
        bindings: {
          AUTH_SECRET: "dGVzdC1hdXRoLXNlY3JldC10ZXN0LWF1dGgtc2VjcmV0LTEyMzQ1Njc4OTA=",
          TOKEN_SECRET: "dGVzdC10b2tlbi1zZWNyZXQtdGVzdC10b2tlbi1zZWNyZXQtMTIzNDU2Nzg=",
          SETUP_TOKEN: "test-setup-token-test-setup-token",
          DEMO: "",
          MIGRATIONS: await readD1Migrations("migrations"),
        },
      },
    })),
  ],
  test: {
    name: "workers",
    include: ["tests/workers/**/*.test.ts"],
    provide: { propertySeed: propertySeed() },
    setupFiles: ["./tests/workers/setup.ts", "./tests/property-seed.ts"],
    // Each file has a workerd of its own, and most of a file is its start.
    maxWorkers: 2,
    // Only what hangs is ended, however busy the machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
