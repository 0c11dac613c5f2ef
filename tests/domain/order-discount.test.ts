/** What an order tells that its price was lowered by. */
import { expect, test } from "vitest";
import { fromGa4 } from "../../domain/events/ga4.ts";
import { orderDiscount } from "../../domain/visit/commerce.ts";

test("RES28: an order's discount is what it tells, else its products' together, and unknown where nobody tells", () => {
  expect(orderDiscount({ total: 90, discount: 10 })).toBe(10);
  expect(orderDiscount({ total: 90, discount: "10.5" })).toBe(10.5);
  // Some tell what goes off as less than nothing.
  expect(orderDiscount({ total: 90, discount: -10 })).toBe(10);
  expect(orderDiscount({ total: 90, discount: 0, products: [{ discount: 4 }] })).toBe(0);
  const products = [{ discount: 2.5, quantity: 3 }, { discount: 1 }, { price: 9 }, "none"];
  expect(orderDiscount({ products })).toBe(8.5);
  expect(orderDiscount({ total: 90, coupon: "SPRING", products: [{ price: 90 }] })).toBeNull();
  expect(orderDiscount({ total: 90, discount: "much" })).toBeNull();
});

test("RES28: GA4 tells the discount of one piece", () => {
  const items = [{ item_id: "a", price: 8, discount: 2, quantity: 5 }];
  const { name, properties } = fromGa4("purchase", { ecommerce: { transaction_id: "1", value: 40, items } });
  expect(name).toBe("Order Completed");
  expect(orderDiscount(properties)).toBe(10);
});
