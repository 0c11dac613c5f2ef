import { Hono } from "hono";
import type { AppEnv } from "../env.ts";

export const conversations = new Hono<AppEnv>();
