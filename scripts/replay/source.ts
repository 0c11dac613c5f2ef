/**
 * The sessions of a file shaped like the UCI clothing shop's `clicks.csv`, with dwell times from Diginetica's sample.
 *
 * Shapes  a `Session` has its clicks in the file's order; whoever hashes to 0 of 20 buys the last product looked at.
 * Units   prices are US dollars, as in the file; dwell times are milliseconds.
 * Errors  a file without the expected columns, or without sessions, throws.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Papa from "papaparse";

export type Click = {
  /** 1, 2, 3 … within the session, as the file numbers them. */
  number: number;
  page: number;
  category: string;
  model: string;
  price: number;
  /** How long the visitor stays before the next click. */
  dwellMs: number;
};
export type Session = { id: string; country: string; clicks: Click[]; buys: boolean };

const CATEGORIES: Record<string, string> = { 1: "trousers", 2: "skirts", 3: "blouses", 4: "sale" };
const COUNTRIES =
  "Australia,Austria,Belgium,British Virgin Islands,Cayman Islands,Christmas Island,Croatia,Cyprus,Czech Republic,Denmark,Estonia,unidentified,Faroe Islands,Finland,France,Germany,Greece,Hungary,Iceland,India,Ireland,Italy,Latvia,Lithuania,Luxembourg,Mexico,Netherlands,Norway,Poland,Portugal,Romania,Russia,San Marino,Slovakia,Slovenia,Spain,Sweden,Switzerland,Ukraine,United Arab Emirates,United Kingdom,USA,biz,com,int,net,org".split(
    ",",
  );
const BUYS_ONE_IN = 20;
const USUAL_DWELL_MS = 50_000;
const LONGEST_DWELL_MS = 20 * 60_000;

/** The first `limit` sessions of `file`, in the file's order. */
export function readSessions(file: string, limit: number): Session[] {
  const dwell = dwellTimes(join(dirname(file), "../diginetica-sample/train-item-views-sample.csv"));
  const sessions = new Map<string, Session>();
  let clicks = 0;
  for (const row of rowsOf(file)) {
    const id = column(row, "session ID");
    let session = sessions.get(id);
    if (session === undefined) {
      if (sessions.size === limit) break; // the file keeps each session's clicks together
      session = { id, country: countryOf(column(row, "country")), clicks: [], buys: buys(id) };
      sessions.set(id, session);
    }
    session.clicks.push(clickOf(row, dwell[clicks % dwell.length] ?? USUAL_DWELL_MS));
    clicks += 1;
  }
  if (sessions.size === 0) throw new Error(`${file} has no sessions`);
  return [...sessions.values()];
}

/** 32-bit FNV-1a of the UTF-8 bytes of `text`. */
export function fnv1a(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01_00_01_93);
  }
  return hash >>> 0;
}

function buys(session: string): boolean {
  return fnv1a(session) % BUYS_ONE_IN === 0;
}

function clickOf(row: Record<string, string>, dwellMs: number): Click {
  const category = column(row, "page 1 (main category)");
  return {
    number: Number(column(row, "order(sells)")),
    page: Number(column(row, "page")),
    category: CATEGORIES[category] ?? category,
    model: column(row, "page 2 (clothing model)"),
    price: Number(column(row, "price")),
    dwellMs,
  };
}

function countryOf(code: string): string {
  return COUNTRIES[Number(code) - 1] ?? code;
}

/** The pauses between two views of one session, in the file's order; one usual pause where there is no file. */
function dwellTimes(file: string): number[] {
  if (!existsSync(file)) return [USUAL_DWELL_MS];
  const views = new Map<string, number[]>();
  for (const row of rowsOf(file)) {
    const id = column(row, "session_id");
    views.set(id, [...(views.get(id) ?? []), Number(column(row, "timeframe"))]);
  }
  return [...views.values()].flatMap((times) => {
    const inOrder = times.toSorted((a, b) => a - b);
    return inOrder.slice(1).map((at, index) => Math.min(at - (inOrder[index] ?? at), LONGEST_DWELL_MS));
  });
}

function rowsOf(file: string): Record<string, string>[] {
  const text = readFileSync(file, "utf8");
  return Papa.parse<Record<string, string>>(text, { header: true, delimiter: ";", skipEmptyLines: true })
    .data;
}

function column(row: Record<string, string>, name: string): string {
  const value = row[name];
  if (value === undefined) throw new Error(`the file has no column "${name}"`);
  return value;
}
