/** Rule T87 of `docs/rules/targeting.md`: how a visitor's segments guide a conversation. */
import { expect, test } from "vitest";
import { routingOf } from "../../domain/desk/segment-routing.ts";
import { Segment } from "../../domain/site/resources.ts";

const segment = (key: string, priority: number, skill: string | null = null) =>
  Segment.parse({ key, name: key, condition: {}, priority, skill });

const segments = [
  segment("small", 1, "sales"),
  segment("large", 20),
  segment("medium", 10, "sizes"),
  segment("twin", 10, "orders"),
  segment("later", -5),
];

test.each([
  [[], { skill: null, priority: 0 }],
  [["small"], { skill: "sales", priority: 1 }],
  [["small", "medium"], { skill: "sizes", priority: 10 }],
  [["small", "large"], { skill: "sales", priority: 20 }],
  [["twin", "medium"], { skill: "sizes", priority: 10 }],
  [["later"], { skill: null, priority: -5 }],
  [["later", "small"], { skill: "sales", priority: 1 }],
  [["gone"], { skill: null, priority: 0 }],
])("T87: a visitor in %j is routed to %j", (held, expected) => {
  expect(routingOf(segments, held)).toEqual(expected);
});
