/**
 * IAB Europe's Transparency and Consent Framework: what the banner answers to `addEventListener` (version 2).
 *
 * Shapes  `saidBy` reads one answer; null where the law it is for does not apply, which leaves it to the others.
 */
import { NO, NOT_YET, type Said, YES } from "./said.ts";

export type TcData = {
  gdprApplies?: boolean;
  eventStatus?: string;
  purpose?: { consents?: { [purpose: number]: boolean | undefined } };
};
export type Framework = (
  command: "addEventListener",
  version: 2,
  heard: (data: TcData | null, success: boolean) => void,
) => void;

/** To keep something on the device; to know what content suits, and to choose it by that; to measure what it brings. */
const PURPOSES = [1, 5, 6, 8];

export function saidBy({ gdprApplies, eventStatus, purpose }: TcData): Said | null {
  if (gdprApplies === false) return null;
  if (PURPOSES.every((one) => purpose?.consents?.[one])) return YES;
  return eventStatus === "cmpuishown" ? NOT_YET : NO;
}
