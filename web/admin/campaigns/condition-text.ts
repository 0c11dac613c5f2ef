/**
 * A condition as lines of JSON: how it is printed, and on which line each of its parts stands.
 *
 * Shapes  paths are the keys and indexes joined by dots (`$or.1.page.seconds.$gte`), as the API names them.
 * Units   lines count from 1.
 * Errors  text that is not JSON gives the line where it stops being so.
 */
import type { Json } from "../../../domain/visit/facts.ts";

export type ParsedText =
  | { ok: true; value: Json; lines: Map<string, number> }
  | { ok: false; line: number; message: string };

/** One key of the condition, or one element of a group, a line: the way the builder's rows stand. */
export function printCondition(value: Json): string {
  return print(value, "");
}

function print(value: Json, indent: string): string {
  if (Array.isArray(value) && value.some((element) => typeof element === "object" && element !== null)) {
    return `[\n${value.map((element) => `${indent}  ${printElement(element, `${indent}  `)}`).join(",\n")}\n${indent}]`;
  }
  if (indent === "" && typeof value === "object" && value !== null && !Array.isArray(value)) {
    const entries = Object.entries(value);
    if (entries.length === 0) return "{}";
    return `{\n${entries.map(([key, operand]) => `  ${JSON.stringify(key)}: ${print(operand, "  ")}`).join(",\n")}\n}`;
  }
  return printFlat(value);
}

function printElement(value: Json, indent: string): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return print(value, indent);
  const entries = Object.entries(value);
  if (entries.length < 2 && !entries.some(([, operand]) => Array.isArray(operand))) return printFlat(value);
  const inner = `${indent}  `;
  return `{\n${entries.map(([key, operand]) => `${inner}${JSON.stringify(key)}: ${print(operand, inner)}`).join(",\n")}\n${indent}}`;
}

function printFlat(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(printFlat).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) return "{}";
    return `{ ${entries.map(([key, operand]) => `${JSON.stringify(key)}: ${printFlat(operand)}`).join(", ")} }`;
  }
  return JSON.stringify(value);
}

/** `text` as a value with the line of every path in it, or the line of its first error. */
export function parseCondition(text: string): ParsedText {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    return {
      ok: false,
      line: errorLine(text),
      message: error instanceof Error ? error.message : String(error),
    };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { ok: false, line: 1, message: "a condition is an object: { … }" };
  }
  return { ok: true, value, lines: lineMap(text) };
}

/** The line of `path`, or of the nearest part that contains it. */
export function lineOfPath(lines: ReadonlyMap<string, number>, path: string): number {
  for (let end = path; end !== ""; end = end.slice(0, Math.max(0, end.lastIndexOf(".")))) {
    const line = lines.get(end);
    if (line !== undefined) return line;
  }
  return 1;
}

// Where JSON ends is told apart by the engine in many wordings; the longest prefix that can still become JSON is not.
function errorLine(text: string): number {
  const scanner = new JsonScanner(text);
  scanner.readDocument();
  return scanner.lineAt(scanner.furthest);
}

function lineMap(text: string): Map<string, number> {
  const scanner = new JsonScanner(text);
  scanner.readDocument();
  return scanner.lines;
}

/** Walks JSON once and notes where each path begins and how far the text was JSON. */
class JsonScanner {
  readonly lines = new Map<string, number>();
  furthest = 0;
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  lineAt(offset: number): number {
    return this.#text.slice(0, offset).split("\n").length;
  }

  readDocument(): void {
    this.#value("");
    this.#space();
    this.furthest = this.#at;
  }

  #space(): void {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at += 1;
  }

  #take(sign: string): boolean {
    this.#space();
    if (this.#text.charAt(this.#at) !== sign) return false;
    this.#at += 1;
    return true;
  }

  #match(pattern: RegExp): string | null {
    this.#space();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.#at += found.length;
    return found;
  }

  #value(path: string): boolean {
    this.#space();
    if (path !== "" && !this.lines.has(path)) this.lines.set(path, this.lineAt(this.#at));
    if (this.#take("{")) return this.#members(path);
    if (this.#take("[")) return this.#elements(path);
    return this.#match(/"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y) !== null;
  }

  #members(path: string): boolean {
    if (this.#take("}")) return true;
    do {
      this.#space();
      const start = this.#at;
      const key = this.#match(/"(?:[^"\\\n]|\\.)*"/y);
      if (key === null) return false;
      const inner = join(path, readKey(key));
      this.lines.set(inner, this.lineAt(start));
      if (!this.#take(":") || !this.#value(inner)) return false;
    } while (this.#take(","));
    return this.#take("}");
  }

  #elements(path: string): boolean {
    if (this.#take("]")) return true;
    let index = 0;
    do {
      if (!this.#value(join(path, String(index)))) return false;
      index += 1;
    } while (this.#take(","));
    return this.#take("]");
  }
}

function readKey(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted.slice(1, -1); // a bad escape: the engine has refused the text already, only its line is wanted
  }
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
