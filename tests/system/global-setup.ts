/** What every system test runs on is built once, before the first of them. */
import { buildFrontEnds, bundleWorker } from "../../scripts/bundle.ts";

export default function setup(): void {
  buildFrontEnds();
  bundleWorker();
}
