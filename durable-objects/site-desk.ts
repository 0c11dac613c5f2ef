import { DurableObject } from "cloudflare:workers";

export class SiteDesk extends DurableObject<Env> {}
