/** Every test in workerd starts on a migrated, empty installation and leaves nothing behind. */
import { applyD1Migrations, type D1Migration, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach } from "vitest";

type TestEnv = Env & { MIGRATIONS: D1Migration[] };

beforeEach(() => applyD1Migrations(env.DB, (env as TestEnv).MIGRATIONS));
afterEach(() => reset());
