import { Hono } from "hono";
import type { AppEnv } from "../env.ts";

export const ingest = new Hono<AppEnv>();
