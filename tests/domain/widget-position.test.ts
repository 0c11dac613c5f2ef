import * as fc from "fast-check";
import { expect, test } from "vitest";
import { CLOSE } from "../../domain/chat/wire.ts";
import { readClientFrame } from "../../domain/chat/client-frames.ts";
import { afterClose, CROWDED_OUT } from "../../web/widget/back-off.ts";
import { expiryOf } from "../../web/widget/identity.ts";
import { behind, checkAfterMs, tellAfterMs } from "../../web/widget/position.ts";

test("R-W79 P9: twenty events or five seconds after one the room is told, and a position once told is not told again", () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(100_000), (last, told) => {
      const ms = tellAfterMs(last, told);
      if (last <= told) expect(ms).toBeNull();
      else expect(ms).toBe(last - told >= 20 ? 0 : 5_000);
    }),
  );
});

test("R-W80 P9: silence is checked after a minute and at most a quarter more, by the range behind the last event", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
      const ms = checkAfterMs(random);
      expect(ms).toBeGreaterThanOrEqual(60_000);
      expect(ms).toBeLessThanOrEqual(75_000);
    }),
  );
  expect(behind(41)).toEqual({ from: 42, to: 42 });
  const frame = JSON.stringify({ type: "range", ...behind(0) });
  expect(readClientFrame(frame)).toEqual({ type: "range", from: 1, to: 1 });
});

test("R-W81 P22: a tab that was crowded out rests; every other code of the room means what its class says", () => {
  expect(CROWDED_OUT).toBe(CLOSE.crowdedOut);
  expect(afterClose(CLOSE.crowdedOut)).toBe("rest");
  for (const code of [CLOSE.goingAway, CLOSE.slowReader, CLOSE.tooManyFrames, 1_001, 1_006, 1_012]) {
    expect(afterClose(code)).toBe("resume");
  }
  for (const code of [CLOSE.helloMissing, CLOSE.unauthorized, CLOSE.revoked]) {
    expect(afterClose(code)).toBe("authenticate");
  }
  for (const code of [CLOSE.version, CLOSE.tooLarge, CLOSE.gone]) expect(afterClose(code)).toBe("final");
});

test("R-W91: of a token only its moment of expiry is read, and what is no token says nothing", () => {
  const tokenOf = (payload: unknown) => `e30.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.x`;
  fc.assert(
    fc.property(fc.nat(4_000_000_000), fc.string(), (exp, sub) => {
      expect(expiryOf(tokenOf({ exp, sub }))).toBe(exp * 1_000);
    }),
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.jsonValue().map(tokenOf)), (token) => {
      const expiry = expiryOf(token);
      expect(expiry === null || Number.isFinite(expiry)).toBe(true);
    }),
  );
});
