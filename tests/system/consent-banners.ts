/**
 * Consent banners as a shop may have them, built by hand: one of IAB's framework, one that tells Google's consent mode,
 * and a shop's own, which calls `aparte.consent`.
 *
 * Shapes  the script sets `window.answer(choice)`, which is what the visitor does. A banner remembers nothing by itself:
 *         what the visitor chose before is said by whoever builds the page.
 */
export const FRAMEWORK = "IAB's framework";
export const GOOGLE = "Google's consent mode";
export const OWN = "the shop's own";

/** `open`: the visitor was not heard yet. */
export type Choice = "open" | "accepted" | "refused";

const SCRIPTS: Record<string, string> = {
  [FRAMEWORK]: `
    const heard = [];
    const data = (choice, eventStatus) => ({
      gdprApplies: true, cmpStatus: "loaded", eventStatus,
      purpose: { consents: choice === "accepted" ? { 1: true, 5: true, 6: true, 7: true, 8: true } : {} },
    });
    let now = data(before, before === "open" ? "cmpuishown" : "tcloaded");
    window.__tcfapi = (command, version, callback) => {
      if (command !== "addEventListener" || version !== 2) return callback(null, false);
      heard.push(callback);
      callback(now, true);
    };
    window.answer = (choice) => {
      now = data(choice, "useractioncomplete");
      heard.forEach((callback) => callback(now, true));
    };`,
  [GOOGLE]: `
    window.dataLayer = window.dataLayer || [];
    function gtag() { dataLayer.push(arguments); }
    const said = (word) => ({ ad_storage: word, analytics_storage: word, personalization_storage: word });
    gtag("consent", "default", { ...said("denied"), wait_for_update: 500 });
    window.answer = (choice) => gtag("consent", "update", said(choice === "accepted" ? "granted" : "denied"));
    if (before !== "open") window.answer(before);`,
  [OWN]: `
    window.aparte = window.aparte || [];
    window.answer = (choice) => aparte.push(["consent", choice === "accepted" ? "granted" : "denied"]);
    if (before !== "open") window.answer(before);`,
};

/** The script of a banner of that kind, to be run before or after the beacon's. */
export const banner = (kind: string, before: Choice): string =>
  `((before) => { ${SCRIPTS[kind]} })(${JSON.stringify(before)});`;
