/**
 * The site's codes for how a conversation ended, whether agents have its visitor asked what they thought, and the skills
 * it can be passed to.
 *
 * Pure. Errors  the readers throw where the answer is none.
 */
import * as z from "zod/mini";

const WrapUpCode = z.object({
  key: z.string(),
  label: z.partialRecord(z.enum(["fr", "en"]), z.string()),
  required: z._default(z.boolean(), false),
});
export type WrapUpCode = z.infer<typeof WrapUpCode>;
const Codes = z.object({
  items: z.array(WrapUpCode),
  surveys: z.optional(z.object({ when: z.string(), contact_days: z.nullable(z.int()) })),
});

/** `asks`: it is for agents to say that a visitor is asked; `restDays`: who was asked is left alone for so long. */
export type Conclusion = { codes: readonly WrapUpCode[]; asks: boolean; restDays: number | null };

export function readConclusion(answer: unknown): Conclusion {
  const { items, surveys } = Codes.parse(answer);
  return { codes: items, asks: surveys?.when === "agent", restDays: surveys?.contact_days ?? null };
}

/** Where one of the codes must be among those chosen, whether none is. */
export function missesCode(codes: readonly WrapUpCode[], chosen: readonly string[]): boolean {
  return codes.some(({ required }) => required) && !codes.some(({ key }) => chosen.includes(key));
}

const Skills = z.object({ items: z.array(z.object({ key: z.string(), name: z._default(z.string(), "") })) });
export type Skill = { key: string; name: string };

/** The list of `GET /api/sites/{site}/skills`; a skill without a name is called by its key. */
export function readSkills(answer: unknown): Skill[] {
  return Skills.parse(answer).items.map(({ key, name }) => ({ key, name: name === "" ? key : name }));
}
