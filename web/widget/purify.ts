/** DOMPurify, for browsers without a way of their own to insert untrusted HTML. */
import DOMPurify, { type Config } from "dompurify";

type TrustedTypePolicy = NonNullable<Config["TRUSTED_TYPES_POLICY"]>;

type Factory = {
  createPolicy(
    name: string,
    rules: { createHTML: (html: string) => string; createScriptURL: (url: string) => string },
  ): TrustedTypePolicy;
};

/** Only DOMPurify gets hold of it: it reads with it what it is about to clean. */
let policy: TrustedTypePolicy | null = null;

/** Throws where the page's policy of Trusted Types does not name `aparte`. */
export function purified(html: string, tags: readonly string[]): DocumentFragment {
  const { trustedTypes } = globalThis as { trustedTypes?: Factory };
  policy ??=
    trustedTypes?.createPolicy("aparte", { createHTML: (text) => text, createScriptURL: () => "" }) ?? null;
  return DOMPurify.sanitize(html, {
    ALLOWED_TAGS: [...tags],
    ALLOWED_ATTR: ["href", "start"],
    ALLOWED_URI_REGEXP: /^https?:\/\//i,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
    TRUSTED_TYPES_POLICY: policy,
  });
}
