/** Segments, hours and pressure in the admin, in a real browser against the real server. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AdminPage, enterAdmin, type Look, violations } from "./admin-page.ts";
import { launchBrowser } from "./browser.ts";
import { DEMO_API_KEY } from "./demo-api.ts";
import { url } from "./own-server.ts";
const KEY = { authorization: `Bearer ${DEMO_API_KEY}`, "content-type": "application/json" };

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

/** A signed-in page at that screen of the demo's admin. */
async function enter(path: string, look?: Look): Promise<AdminPage> {
  const admin = await enterAdmin(browser, url, look);
  await admin.page.goto(`${url}/admin/demo/${path}`);
  return admin;
}

/** The API as the site's own server calls it; fails on anything but success. */
async function call<T>(method: string, path: string, body?: object, headers: object = {}): Promise<T> {
  const answer = await fetch(`${url}/api/sites/demo${path}`, {
    method,
    headers: { ...KEY, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

type Saved = { id: string; version: number };

test("T91: segments are shown in words, with who asks about them; one click installs another, by keyboard too", async () => {
  const { context, page, complaints } = await enter("segments");
  const row = page.getByRole("row").filter({ hasText: "high_basket" });
  await row.getByText("Basket, value at least 120").waitFor();
  expect(await row.getByRole("link", { name: "Remise sur un gros panier" }).count()).toBe(1);
  const alone = page.getByRole("row").filter({ hasText: "leave_alone" });
  await alone.getByText("Left alone").waitFor();

  const install = page.getByRole("button", { name: "Install Searching" });
  await install.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText("Searching is installed.").waitFor();
  await page.getByRole("row").filter({ hasText: "searching" }).getByText("Products Searched").waitFor();
  await install.waitFor({ state: "detached" });
  expect(complaints).toEqual([]);
  await context.close();
});

test("T92: a segment is written, refused at its place, saved, kept while it is asked about, and deleted", async () => {
  const { context, page, complaints } = await enter("segments/new");
  await page.getByLabel("Name", { exact: true }).fill("Été à vélo");
  expect(await page.getByLabel("Key").inputValue()).toBe("ete_a_velo");
  const json = page.getByLabel("JSON");
  await json.fill('{\n  "cart.valu": { "$gte": 80 }\n}');
  await page.getByRole("button", { name: "Create segment" }).click();
  await page.getByText("Line 2: “cart.valu” is not a known fact; perhaps “cart.value”.").waitFor();
  await json.fill('{\n  "cart.value": { "$gte": 80 },\n  "segment.gone": true\n}');
  await page.getByRole("button", { name: "Create segment" }).click();
  await page.getByText("Line 3: This site has no segment “gone”.").waitFor();
  await json.fill('{\n  "cart.value": { "$gte": 80 }\n}');
  await page.getByLabel("Value of a visitor (EUR)").fill("7.5");
  await page.getByRole("button", { name: "Create segment" }).click();
  await page.getByText("Created, live everywhere within 10 s").waitFor();
  const id = page.url().split("/").at(-1) ?? "";
  expect(await call("GET", `/segments/${id}`)).toMatchObject({ key: "ete_a_velo", value: 7.5 });

  const asking = { key: "asks", name: "Asks about it", condition: { "segment.ete_a_velo": true } };
  const other = await call<Saved>("POST", "/segments", asking);
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Delete Été à vélo" }).click();
  await page.getByRole("alert").getByText("It is still asked about").waitFor();
  await fetch(`${url}/api/sites/demo/segments/${other.id}`, { method: "DELETE", headers: KEY });
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Delete Été à vélo" }).click();
  await page.getByRole("heading", { name: "Segments", level: 1 }).waitFor();
  expect(await page.getByText("ete_a_velo").count()).toBe(0);
  expect(complaints).toEqual([]);
  await context.close();
});

test("T92: when somebody else saved meanwhile, both versions are shown and keeping both is the default", async () => {
  const body = { key: "met", name: "Met", condition: {}, priority: 1 };
  const { id } = await call<Saved>("POST", "/segments", body);
  const { context, page } = await enter(`segments/${id}`);
  await page.getByLabel("Priority in the queue").fill("9");
  await call("PATCH", `/segments/${id}`, { name: "Met again", priority: 5 }, { "if-match": '"1"' });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const meeting = page.getByRole("alert").filter({ hasText: "Somebody saved this segment meanwhile" });
  await meeting.getByRole("row").filter({ hasText: "Priority" }).getByText("5").waitFor();
  await meeting.getByRole("button", { name: "Take both" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved, live everywhere within 10 s").waitFor();
  expect(await call("GET", `/segments/${id}`)).toMatchObject({ name: "Met again", priority: 9 });
  await fetch(`${url}/api/sites/demo/segments/${id}`, { method: "DELETE", headers: KEY });
  await context.close();
});

test("T92: a list that cannot be read says so, and can be tried again", async () => {
  const { context, page } = await enter("install");
  await page.route("**/segments?*", (route) => route.abort());
  await page.getByRole("link", { name: "Segments" }).click();
  await page.getByRole("alert").getByText("The segments could not be read").waitFor();
  await page.unroute("**/segments?*");
  await page.getByRole("alert").getByRole("button", { name: "Try again" }).click();
  await page.getByRole("row").filter({ hasText: "high_basket" }).waitFor();
  await context.close();
});

test("KPI42: whether tax and shipping count is chosen in the settings, beside what that leaves as it is", async () => {
  const { context, page, complaints } = await enter("settings");
  await page.getByText("Orders that are here already keep the amount").waitFor();
  await page.getByLabel("Tax", { exact: true }).selectOption("left_out");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved, live everywhere within 10 s").waitFor();
  expect(await call("GET", "")).toMatchObject({ order_amount: { tax: "left_out", shipping: "included" } });
  expect(complaints).toEqual([]);
  await context.close();
});

test("T93: hours, exceptions, holidays and pressure are saved as they are shown, and say whether somebody is there", async () => {
  const before = await call<Record<string, unknown>>("GET", "");
  const { context, page, complaints } = await enter("settings");
  await page.getByText("Open now.").waitFor();
  // The hours of calls below have the same fields.
  const hours = page.getByRole("region", { name: "Business hours" });
  await hours.getByLabel("On a public holiday").selectOption("closed");
  await hours.getByRole("button", { name: "Add an exception" }).click();
  const exception = hours.getByRole("group", { name: "Exception 1" });
  await exception.getByLabel("First day").fill("2030-12-24");
  await exception.getByLabel("Last day").fill("2030-12-24");
  await exception.getByLabel("What then").selectOption("open");
  await exception.getByLabel("Opens").fill("22:00");
  await exception.getByLabel("Closes").fill("02:00");
  await exception.getByText("until the next day").waitFor();
  await page.getByLabel("Days of your own").fill("2030-07-13");
  await page.getByRole("button", { name: "Add a day" }).click();
  await page.getByLabel("… within (days)").fill("31");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved, live everywhere within 10 s").waitFor();
  const [everyDay] = before["business_hours"] as object[];
  expect(await call("GET", "")).toMatchObject({
    pressure: { per_session: 4, per_visitor: 20, per_days: 31 },
    holidays: { calendar: "fr", dates: ["2030-07-13"] },
    business_hours: [
      everyDay,
      { dayOfWeek: ["PublicHolidays"], opens: "00:00", closes: "00:00" },
      { opens: "22:00", closes: "02:00", validFrom: "2030-12-24", validThrough: "2030-12-24" },
    ],
  });

  // Closed today: the screen says so at once, and when it opens again.
  await hours.getByRole("button", { name: "Add an exception" }).click();
  await page.getByText(/^Closed now; opens again on /).waitFor();
  expect(complaints).toEqual([]);
  const { version } = await call<Saved>("GET", "");
  const { pressure, holidays, business_hours } = before;
  await call("PATCH", "", { pressure, holidays, business_hours }, { "if-match": `"${version}"` });
  await context.close();
});

const WAYS: [string, Look][] = [
  ["in English", {}],
  ["in French, dark", { locale: "fr-FR", dark: true }],
  ["in French, on a phone", { locale: "fr-FR", phone: true }],
];

test.each(WAYS)(
  "T94: the screens have no accessibility violation and never scroll sideways, %s",
  async (_how, visit) => {
    for (const [path, shown] of [
      ["segments", ".library li"],
      ["segments/seg_demo_03", ".condition-json"],
      ["segments/new", ".condition-json"],
      ["settings", ".business-hours"],
    ] as const) {
      const { context, page, complaints } = await enter(path, visit);
      await page.locator(shown).first().waitFor();
      await page.locator(".skeleton").first().waitFor({ state: "detached" });
      expect([path, await violations(page)]).toEqual([path, []]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      expect(complaints).toEqual([]);
      await context.close();
    }
  },
);
