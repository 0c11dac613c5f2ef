/** What the platform charges at list price, without the included amounts, in dollars; and a bill made of counts. */
export const PRICE = {
  workerRequest: 0.3e-6,
  cpuMs: 0.02e-6,
  objectRequest: 0.15e-6,
  /** Twenty messages that come in by a socket are one request. */
  objectMessage: 0.15e-6 / 20,
  gigabyteSecond: 12.5e-6,
  objectGigabytes: 0.128,
  rowWritten: 1e-6,
  rowRead: 0.001e-6,
  queueOperation: 0.4e-6,
  kvRead: 0.5e-6,
  gigabyteMonth: 0.2,
};

export const MILLION = 1e6;

/** One line of a bill: how often for each unit, and what each costs. */
export type Line<Part extends string = string> = { part: Part; what: string; count: number; price: number };

export function dollarsOf(lines: readonly Line[]): number {
  return lines.reduce((sum, { count, price }) => sum + count * price * MILLION, 0);
}

export function printLines(lines: readonly Line[], unit: string): void {
  for (const line of lines) {
    const dollars = dollarsOf([line]).toFixed(2).padStart(7);
    const count = line.count.toFixed(3).padStart(9);
    console.log(`  ${line.part.padEnd(8)} ${line.what.padEnd(28)} ${count} a ${unit} ${dollars} $`);
  }
}

/** The largest of `lines`, for whoever has to make it cheaper. */
export function printLargest(lines: readonly Line[]): void {
  const largest = lines.toSorted((a, b) => b.count * b.price - a.count * a.price).slice(0, 3);
  console.log(
    `  missed; the largest lines: ${largest.map((line) => `${line.what} ${dollarsOf([line]).toFixed(2)} $`).join(", ")}`,
  );
}
