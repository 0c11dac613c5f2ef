/**
 * Where the words for a refused place may stand in the catalogue, best first.
 *
 * Shapes  `schedule.hours.0.opens` is looked for from its innermost name outwards, so that `caps.per_days` is a cap. Where
 *         a name means something else elsewhere, as `from` does, it is looked for with the name around it before.
 */
export function keysOfPlace(path: string, code: string): string[] {
  const names = path.split(".");
  return names
    .map((name, index) => {
      const around = names[index - 1];
      return [...(around === undefined ? [] : [`at_${around}_${name}`]), `at_${name}_${code}`, `at_${name}`];
    })
    .toReversed()
    .flat();
}
