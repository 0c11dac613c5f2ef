/** Where a push may go and what it may say: rules R-L15 and R-L16. */
import { expect, test } from "vitest";
import { pushAddress, trustedServices } from "../../domain/push/endpoint.ts";
import { offerNotice, verdictOf } from "../../domain/push/notice.ts";

const NONE = trustedServices(undefined);

test("R-L16: the push services of the browsers there are, and nothing else", () => {
  for (const endpoint of [
    "https://fcm.googleapis.com/fcm/send/abc:def",
    "https://updates.push.services.mozilla.com/wpush/v2/abc",
    "https://wns2-par02p.notify.windows.com/w/?token=abc",
    "https://web.push.apple.com/abc",
  ]) {
    expect(pushAddress(endpoint, NONE)).toBe(endpoint);
  }
  for (const endpoint of [
    "http://fcm.googleapis.com/fcm/send/abc",
    "https://fcm.googleapis.com:8443/fcm/send/abc",
    "https://user:secret@fcm.googleapis.com/abc",
    "https://fcm.googleapis.com.evil.example/abc",
    "https://fcm.googleapis.com./abc",
    "https://evilfcm.googleapis.com/abc",
    "https://evil.example/fcm.googleapis.com",
    "https://push.apple.com.evil.example/",
    "https://127.0.0.1/abc",
    "https://2130706433/abc",
    "https://[::1]/abc",
    "https://localhost/abc",
    "https://metadata.google.internal/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "",
    `https://fcm.googleapis.com/${"a".repeat(2_000)}`,
  ]) {
    expect(pushAddress(endpoint, NONE), endpoint).toBeNull();
  }
});

test("R-L16: an operator's own push service is reached where the configuration says, and only by its name", () => {
  const trusted = trustedServices(
    "push.example.test=http://127.0.0.1:9000, other.test=https://b.test , bad=nowhere",
  );
  expect(pushAddress("https://push.example.test/a?b=c", trusted)).toBe("http://127.0.0.1:9000/a?b=c");
  expect(pushAddress("https://other.test/x", trusted)).toBe("https://b.test/x");
  expect(pushAddress("https://127.0.0.1:9000/a", trusted)).toBeNull();
  expect(pushAddress("http://push.example.test/a", trusted)).toBeNull();
  expect(pushAddress("https://bad/a", trusted)).toBeNull();
});

test("R-L15: what a visitor wrote is in a notice only where it may be, and then not much of it", () => {
  const item = { conversation: "cnv_1", preview: "a".repeat(500) };
  expect(offerNotice("demo", item, { locale: "fr", mayPreview: false })).toMatchObject({ preview: null });
  const told = offerNotice("demo", item, { locale: "fr", mayPreview: true });
  expect(told).toMatchObject({ preview: "a".repeat(140), conversation: "cnv_1" });
});

test("R-L17: an answer says whether a push was taken, whether to try later, or that nobody is there", () => {
  expect([201, 202, 429, 503, 404, 410, 401, 403].map(verdictOf)).toEqual([
    "sent",
    "sent",
    "later",
    "later",
    "gone",
    "gone",
    "gone",
    "gone",
  ]);
});
