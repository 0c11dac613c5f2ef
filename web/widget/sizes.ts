/** How large a file is, for people. Pure. */
export function sizeOf(bytes: number, locale: string): string {
  const [unit, size] = bytes < 1_000_000 ? ["kilobyte", bytes / 1_000] : ["megabyte", bytes / 1_000_000];
  const digits = { maximumFractionDigits: unit === "megabyte" && Number(size) < 10 ? 1 : 0 };
  return new Intl.NumberFormat(locale, { style: "unit", unit: String(unit), ...digits }).format(
    Math.max(Number(size), 1),
  );
}
