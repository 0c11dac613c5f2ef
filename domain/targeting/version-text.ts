/**
 * Versions as text that sorts: `1.10.0` after `1.9.0`, and a pre-release before its release.
 */
const CORE_PARTS = 3;
/** Digits to which a numeric part is padded. */
const PART_WIDTH = 5;
/** Above every letter, so that a release sorts after its pre-releases. */
const RELEASE = "~";

/** A text for `version` whose order as a string is the order of versions; what is no version reads as 0. */
export function sortableVersion(version: unknown): string {
  const given = typeof version === "number" ? String(version) : version;
  const text = typeof given === "string" && given !== "" ? given : "0";
  const parts = text.replaceAll(/(^v|\+.*$)/g, "").split(/[-.]/);
  if (parts.length === CORE_PARTS) parts.push(RELEASE);
  return parts.map((part) => (/^[0-9]+$/.test(part) ? part.padStart(PART_WIDTH, " ") : part)).join("-");
}
