import { DurableObject } from "cloudflare:workers";

export class ExemptCounter extends DurableObject<Env> {}
