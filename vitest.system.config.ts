import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** They measure time, to the second or by the frame, so nothing runs beside them. */
const TIMED = ["journey", "signals-beacon"].map((name) => `tests/system/${name}.test.ts`);

/** They last longest, much of it in waiting: begun first, they do not keep the others company at the end. */
const LONG = ["replay-kill", "markup", "recount", "targeting-journey", "live", "faults", "faults-kill"].map(
  (name) => `tests/system/${name}.test.ts`,
);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((path) => moduleId.endsWith(path));
      return at === -1 ? LONG.length : at;
    };
    return others.toSorted((a, b) => rank(a) - rank(b));
  }
}

/** Real servers, real browser. Four files at a time, each with a server of its own: much of a run is waiting. */
export default defineConfig({
  test: {
    globalSetup: ["./tests/system/global-setup.ts"],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: { name: "timed", include: TIMED, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: {
          name: "system",
          include: ["tests/system/**/*.test.ts", "tests/interop/**/*.test.ts"],
          exclude: TIMED,
          maxWorkers: 4,
          sequence: { groupOrder: 0 },
        },
      },
    ],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
