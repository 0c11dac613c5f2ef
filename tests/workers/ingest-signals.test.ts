/** The answer tells the page which signals somebody waits for (rule R-P17). */
import { expect, test } from "vitest";
import { makeSite, post } from "./site.ts";

const page = { type: "page", anonymousId: "vis", context: { page: { url: "https://shop.test/" } } };

test("R-P17: a page is told which signals live campaigns ask for, whichever way they ask; a server is not", async () => {
  const { key } = await makeSite({
    campaigns: [
      { id: "cmp_a", condition: { "signals.rage_click": { $gte: 2 }, "page.path": "/cart" } },
      { id: "cmp_b", condition: { $or: [{ "form.seconds": { $gt: 60 } }, { "signals.rage_click": 1 }] } },
      {
        id: "cmp_c",
        condition: {
          "event.name": "Signal Detected",
          "event.properties.signal": { $in: ["u_turn", "other"] },
        },
      },
      { id: "cmp_d", status: "draft", condition: { "signals.dead_click": 1 } },
    ],
  });
  const told = await post("/v1/batch?decide=1", key, { batch: [page] });
  expect(told.headers.get("aparte-signals")).toBe("form,rage_click,u_turn");
  expect(told.headers.get("access-control-expose-headers")).toContain("Aparte-Signals");
  const untold = await post("/v1/batch", key, { batch: [page] });
  expect(untold.headers.get("aparte-signals")).toBeNull();
});

test("R-P17: where nothing is asked nothing is named", async () => {
  const { key } = await makeSite({ campaigns: [{ id: "cmp_e", condition: { "page.path": "/" } }] });
  const told = await post("/v1/batch?decide=1", key, { batch: [page] });
  expect(told.headers.get("aparte-signals")).toBe("");
});
