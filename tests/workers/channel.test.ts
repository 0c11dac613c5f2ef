/** Channels from campaign tags and referrers (rules F9, F10). */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readMessage } from "../../domain/events/message.ts";
import { arrivalOf, channelOf } from "../../domain/visit/channel.ts";
import { referrerOf } from "../../domain/visit/referrer.ts";
import { eventOf } from "../../workers/ingest/normalise.ts";

/** The channel of a first page view at `search`, from `referrer`. */
function arrival(search: string, referrer: string | null = null) {
  const url = `https://www.shop.example/shirts${search}`;
  const read = readMessage(
    { type: "page", anonymousId: "ada", context: { page: { url, path: "/shirts", referrer } } },
    null,
  );
  if (!read.ok) throw new Error(read.fault.message);
  return arrivalOf(eventOf(read.message, null, 0).page);
}

const GOOGLE = "https://www.google.com/";

describe("GA4's default channel groups", () => {
  test.each([
    ["Direct", "", null],
    ["Direct", "?utm_source=(direct)&utm_medium=(none)", null],
    ["Cross-network", "?utm_source=google&utm_medium=cpc&utm_campaign=cross-network", null],
    ["Paid Shopping", "?utm_source=google&utm_medium=cpc&utm_campaign=shopping_fr", null],
    ["Paid Shopping", "?utm_source=amazon&utm_medium=paid", null],
    ["Paid Search", "?utm_source=bing&utm_medium=ppc", null],
    ["Paid Search", "?utm_medium=cpc", GOOGLE],
    ["Paid Search", "?gclid=1", null],
    ["Paid Search", "?gbraid=1", GOOGLE],
    ["Paid Search", "?msclkid=1", "https://www.bing.com/"],
    ["Paid Social", "?utm_source=facebook&utm_medium=cpc", null],
    ["Paid Social", "?utm_source=fb&utm_medium=paid-social", "https://l.facebook.com/"],
    ["Paid Social", "?ttclid=1", null],
    ["Paid Video", "?utm_source=youtube&utm_medium=cpv", null],
    ["Display", "?utm_source=lemonde.fr&utm_medium=banner", null],
    ["Display", "?utm_source=lemonde.fr&utm_medium=cpm", null],
    ["Display", "?utm_medium=display&gclid=1", GOOGLE],
    ["Display", "?dclid=1", null],
    ["Paid Other", "?utm_source=partner&utm_medium=cpc", null],
    ["Paid Other", "?utm_source=partner&utm_medium=retargeting", null],
    ["Organic Shopping", "?utm_source=newsletter&utm_campaign=eshop", null],
    ["Organic Shopping", "", "https://www.amazon.fr/dp/1"],
    ["Organic Social", "", "https://t.co/abc"],
    ["Organic Social", "", "https://m.facebook.com/"],
    ["Organic Social", "?utm_source=instagram", null],
    ["Organic Social", "?utm_source=bio&utm_medium=social", null],
    ["Organic Social", "?fbclid=1", null],
    ["Organic Social", "?fbclid=1", "https://www.facebook.com/"],
    ["Organic Video", "", "https://www.youtube.com/watch"],
    ["Organic Video", "?utm_source=partner&utm_medium=video-embed", null],
    ["Organic Search", "", GOOGLE],
    ["Organic Search", "", "https://www.google.co.uk/"],
    ["Organic Search", "", "https://fr.search.yahoo.com/search"],
    ["Organic Search", "", "https://duckduckgo.com/"],
    ["Organic Search", "", "https://www.ecosia.org/search"],
    ["Organic Search", "", "android-app://com.google.android.googlequicksearchbox/"],
    ["Organic Search", "?utm_source=qwant&utm_medium=organic", null],
    ["AI Assistants", "", "https://chatgpt.com/"],
    ["AI Assistants", "?utm_source=chatgpt.com", null],
    ["AI Assistants", "", "https://gemini.google.com/app"],
    ["AI Assistants", "", "https://x.com/i/grok"],
    ["Paid Other", "?utm_source=chatgpt.com&utm_medium=cpc", null],
    ["Referral", "", "https://blog.example.net/shirts"],
    ["Referral", "", "https://mail.google.com/"],
    ["Referral", "?utm_source=partner&utm_medium=referral", null],
    ["Email", "?utm_source=newsletter&utm_medium=email", "https://mail.google.com/"],
    ["Email", "?utm_medium=e-mail", GOOGLE],
    ["Affiliates", "?utm_source=awin&utm_medium=affiliate", "https://blog.example.net/"],
    ["Audio", "?utm_source=spotify&utm_medium=audio", null],
    ["SMS", "?utm_source=sms&utm_medium=text", null],
    ["Mobile Push Notifications", "?utm_source=app-push&utm_medium=push", null],
    ["Mobile Push Notifications", "?utm_source=firebase&utm_medium=x", null],
    ["Unassigned", "?utm_source=flyer&utm_medium=print", null],
  ])("F9: %s for %s from %s", (channel, search, referrer) => {
    expect(arrival(search, referrer).channel).toBe(channel);
  });

  test("F9: whatever tags and referrers say, there is one of the groups", () => {
    const tag = fc.constantFrom(
      "",
      "google",
      "facebook",
      "cpc",
      "email",
      "push",
      "video",
      "constructor",
      "a.b",
      "x",
    );
    const from = fc.constantFrom(
      null,
      GOOGLE,
      "https://t.co/",
      "https://other.example/",
      "javascript:alert(1)",
      "x",
    );
    fc.assert(
      fc.property(tag, tag, fc.string(), from, (source, medium, campaign, referrer) => {
        const channel = channelOf({ source, medium, campaign }, referrerOf(referrer), {});
        expect(channel).toMatch(/^[A-Z][A-Za-z -]+$/);
      }),
    );
  });
});

test("F9: an own page is no referrer, with or without www; a page elsewhere under the name is one", () => {
  expect(arrival("", "https://shop.example/cart")).toMatchObject({ channel: "Direct", referrer: null });
  expect(arrival("", "https://blog.shop.example/").channel).toBe("Referral");
});

test("F9: a referrer that is spam is none", () => {
  for (const spam of ["https://semalt.com/x", "https://www.100dollars-seo.com/"]) {
    expect(arrival("", spam)).toMatchObject({ channel: "Direct", referrer: null, searchTerms: null });
  }
});

test("F9: an affiliate names itself by its source", () => {
  expect(arrival("?utm_source=awin&utm_medium=affiliate").affiliate).toBe("awin");
  expect(arrival("?utm_source=awin&utm_medium=cpc").affiliate).toBeNull();
});

test.each([
  ["https://www.bing.com/search?q=chemise+en+lin&form=QBLH", "chemise en lin"],
  ["https://www.google.fr/search?q=%20chemise%20%20lin%20&ei=secret", "chemise lin"],
  ["https://yandex.ru/search/?text=рубашка", "рубашка"],
  ["https://www.google.com/", null],
  ["https://www.google.com/search?ei=secret", null],
  ["https://search.rambler.ru/search?query=%D0%FF%E0", null],
  ["https://blog.example.net/?q=private", null],
  ["https://www.facebook.com/search?q=private", null],
])("F10: of %s only what was searched for is kept", (referrer, terms) => {
  const told = arrival("", referrer);
  expect(told.searchTerms).toBe(terms);
  expect(told.referrer).toBe(referrer.split("?")[0]);
});

test("F10: search terms are short, and paid keywords go first", () => {
  const long = arrival("", `https://www.bing.com/search?q=${"lin ".repeat(200)}`);
  expect(long.searchTerms?.length).toBeLessThanOrEqual(100);
  expect(arrival("?utm_term=chemise", "https://www.bing.com/search?q=lin").searchTerms).toBe("chemise");
});

test("F10: of a page's address only campaign tags and click ids are read besides its path", () => {
  const told = arrival("?utm_source=x&utm_medium=y&token=secret&email=ada@example.net#fragment");
  expect(JSON.stringify(told)).not.toMatch(/secret|ada@|fragment/);
});
