/** The way of a visit as history keeps it: groups of pages, steps with their moments, pages not found, nothing personal. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { SessionRecord } from "../../domain/history/records.ts";
import { OTHER_PAGES, pageGroup } from "../../domain/journeys/page-group.ts";
import type { Event } from "../../domain/events/event.ts";
import { endVisit } from "../../domain/visit/record.ts";
import { context, NOON, pageView, track, visitorAfter } from "./visit-state.ts";

const IDLE_MS = 30 * 60_000;
const FUNNEL = {
  key: "achat",
  name: "Achat",
  steps: [
    { key: "fiche", name: "Fiche", event: null, path: "/p" },
    { key: "panier", name: "Panier", event: "Cart Viewed", path: null },
    { key: "payee", name: "Payée", event: "Order Completed", path: null },
  ],
};

/** What history is told of a visit with `events`, a second apart, once it is over. */
function told(events: readonly Event[], more: Parameters<typeof context>[1] = {}) {
  const state = visitorAfter(events, { funnels: [FUNNEL], ...more });
  const after = endVisit(state, IDLE_MS, NOON + 10 * IDLE_MS);
  const record = Object.values(after.waiting).find(({ table }) => table === "sessions");
  return SessionRecord.parse(record);
}

test("JRN1: a path keeps the kind of its pages: what names a person or a thing is replaced, queries are dropped", () => {
  const groups = {
    "/": "/",
    "/p/chemise-lin/": "/p/chemise-lin",
    "/p/chemise-lin?email=ada@example.test#top": "/p/chemise-lin",
    "/compte/ada@example.test": "/compte/:email",
    "/compte/ada%40example.test": "/compte/:email",
    "/commande/20261122-4711": "/commande/:n",
    "/commande/4711": "/commande/:n",
    "/commande/CMD-4711": "/commande/CMD-:n",
    "/etape-2": "/etape-2",
    "/panier/9f1c2d3e-4a5b-6c7d-8e9f-0a1b2c3d4e5f": "/panier/:id",
    "/panier/9f1c2d3e4a": "/panier/:id",
    "/r/eyJhbGciOiJIUzI1NiJ9": "/r/:id",
    "/panier;jsessionid=A1B2C3": "/panier",
    "/tel/+33 6 12 34 56 78": "/tel/:n",
    "/a/b/c/d/e/f": `/a/b/c/d/${OTHER_PAGES}`,
    "/%E0%A4%A": "/%E0%A4%A",
  };
  expect(Object.fromEntries(Object.keys(groups).map((path) => [path, pageGroup(path)]))).toEqual(groups);
});

test("JRN1: whatever a path holds, no address, no long number and no more than 80 characters are kept of it", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 60 }), { maxLength: 8 }),
      fc.emailAddress(),
      (parts, email) => {
        const group = pageGroup(`/${[...parts, email].join("/")}`);
        expect(group.length).toBeLessThanOrEqual(80);
        expect(group).not.toContain("@");
        expect(group).not.toMatch(/\d{3}/);
        expect(group).not.toMatch(/[?#]/);
      },
    ),
  );
});

test("JRN2: a visit tells its way once it is over: repeats once, the middle of a long one cut, its last page last", () => {
  const short = told(["/", "/p/1", "/p/2", "/panier"].map((path) => pageView(path)));
  expect(short.path).toEqual(["/", "/p/:n", "/panier"]);

  const long = told(
    Array.from({ length: 30 }, (_, index) => pageView(`/${"abcdefghijklmnopqrstuvwxyzABCD"[index]}`)),
  );
  expect(long.path).toHaveLength(13);
  expect(long.path?.slice(0, 2)).toEqual(["/a", "/b"]);
  expect(long.path?.slice(-2)).toEqual([OTHER_PAGES, "/D"]);

  const endless = told(
    Array.from({ length: 90 }, (_, index) => pageView(index === 0 ? "/depart" : `/x${"yz"[index % 2]}`)),
  );
  expect(endless.path?.slice(0, 2)).toEqual(["/depart", OTHER_PAGES]);
});

test("JRN2: while a visit lasts, nothing of its way is told, and where there is nothing to tell, nothing is", () => {
  const lasting = visitorAfter([pageView("/p/1")], { funnels: [FUNNEL] });
  const announced = SessionRecord.parse(Object.values(lasting.waiting)[0]);
  expect(announced).not.toHaveProperty("path");
  expect(announced).not.toHaveProperty("funnels");

  const plain = told([track("Something Else")], { funnels: [] });
  for (const key of ["path", "funnels", "not_found"]) expect(plain).not.toHaveProperty(key);
});

test("JRN3: a funnel's steps are told with the seconds to each, and where the visit went after the furthest", () => {
  const { funnels } = told([
    pageView("/"),
    pageView("/p/1"),
    track("Cart Viewed"),
    pageView("/retours"),
    pageView("/p/2"),
  ]);
  expect(funnels?.["achat"]).toEqual({ steps: { fiche: 1, panier: 2 }, next: "/retours" });
  expect(told([pageView("/p/1"), track("Cart Viewed")]).funnels?.["achat"]?.next).toBeNull();
});

test("JRN3: however many events come after a step, its moment is still known", () => {
  const noise = Array.from({ length: 60 }, () => track("Something Else"));
  const { funnels } = told([pageView("/p/1"), ...noise, track("Cart Viewed")]);
  expect(funnels?.["achat"]?.steps).toEqual({ fiche: 0, panier: 61 });
});

test("JRN4: a page that was not found is told with what led there, of another site its name alone", () => {
  const gone = told([
    pageView("/"),
    pageView("/vieux/4711", { status: 404 }),
    pageView("/vieux/4712", { status: 404 }),
  ]);
  expect(gone.not_found).toEqual([["/vieux/:n", "/"]]);
  const first = told([pageView("/absent", { status: 410, referrer: "https://blog.example/ada?x=1" })]);
  expect(first.not_found).toEqual([["/absent", "blog.example"]]);
});
