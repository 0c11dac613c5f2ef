/** `/api/sites/{site}`: the agents' way to the desk and into a room. Mounted behind sign-in and membership. */
import { Hono } from "hono";
import type { AppEnv } from "../env.ts";

export const desk = new Hono<AppEnv>();
