/** Frames that nobody should send: broken, mistyped, oversized in every field, or almost right. From dice, so repeatable. */
import type { Dice } from "../bench/dice.ts";
import { CANARY } from "./attacker.ts";

const TYPES = [
  "hello",
  "message",
  "typing",
  "read",
  "range",
  "close",
  "ping",
  "nope",
  "__proto__",
  "constructor",
];
const KINDS = ["text", "note", "card", "file", "bomb", ""];
const NUMBERS = [-1, 0, 1, 0.5, 1e21, -0, 2 ** 31, 2 ** 53, 2 ** 53 + 2, Number.MAX_VALUE];
const TEXTS = [
  "",
  " ",
  "\u0000",
  "\uD800",
  "🦜".repeat(50),
  "<script>",
  "' or 1=1 --",
  "../..",
  "%s%n",
  CANARY,
];

/** One frame in so many is a right message, which the room takes. */
const RIGHT_ONE_IN = 4_000;

/** The next frame; text, or bytes that are no text. */
export function junkFrame(dice: Dice): string | Uint8Array<ArrayBuffer> {
  if (dice.below(RIGHT_ONE_IN) === 0) return right(dice);
  return dice
    .weighted([
      { weight: 6, make: () => JSON.stringify(almost(dice)) },
      { weight: 2, make: () => broken(JSON.stringify(almost(dice)), dice) },
      { weight: 2, make: () => JSON.stringify(anything(dice, 3)) },
      { weight: 1, make: () => `${CANARY}${dice.pick(TEXTS)}` },
      { weight: 1, make: () => "[".repeat(1 + dice.below(2_000)) },
      { weight: 1, make: () => Uint8Array.from({ length: 1 + dice.below(200) }, () => dice.below(256)) },
    ])
    .make();
}

function right(dice: Dice): string {
  const client_id = crypto.randomUUID();
  return JSON.stringify({ type: "message", client_id, body: `${CANARY} ${dice.below(1e9)}`, kind: "text" });
}

/** A frame of the protocol with some of its fields wrong; never a right `close`, which would end the room. */
function almost(dice: Dice): Record<string, unknown> {
  const type = dice.pick(TYPES);
  const frame: Record<string, unknown> = { type };
  const put = (name: string, value: unknown) => {
    if (dice.chance(0.8)) frame[name] = dice.chance(0.5) ? value : anything(dice, 2);
  };
  put("client_id", dice.chance(0.5) ? crypto.randomUUID() : `${CANARY}`);
  put("body", dice.chance(0.1) ? CANARY.repeat(2_000) : "");
  put("kind", dice.pick(KINDS));
  put("v", dice.pick(NUMBERS));
  put("token", `${CANARY}.${CANARY}.${CANARY}`);
  put("epoch", CANARY);
  put("after", dice.pick(NUMBERS));
  put("on", dice.pick([true, false, null, "yes"]));
  put("seq", dice.pick(NUMBERS));
  put("from", dice.pick(NUMBERS));
  put("to", dice.pick(NUMBERS));
  if (type === "close") frame["type"] = `close ${CANARY}`;
  return frame;
}

function anything(dice: Dice, depth: number): unknown {
  const leaf = [null, true, dice.pick(NUMBERS), dice.pick(TEXTS), CANARY];
  if (depth === 0 || dice.chance(0.5)) return dice.pick(leaf);
  const parts = Array.from({ length: dice.below(4) }, () => anything(dice, depth - 1));
  if (dice.chance(0.5)) return parts;
  return Object.fromEntries(
    parts.map((part, index) => [dice.pick([CANARY, "type", "__proto__", `${index}`]), part]),
  );
}

function broken(text: string, dice: Dice): string {
  const at = dice.below(text.length + 1);
  return dice.pick([text.slice(0, at), text.slice(0, at) + CANARY + text.slice(at), `${text}${text}`]);
}
