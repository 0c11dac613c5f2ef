/**
 * Every property test begins from one seed, so that a run says something of the change and not of the day; whoever looks
 * for more cases gives another (`npm run soak`).
 */
import * as fc from "fast-check";
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    propertySeed: number;
  }
}

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: inject("propertySeed") });
