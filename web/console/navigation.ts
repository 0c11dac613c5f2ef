/**
 * The screens beside the desk. Each is named in the address (`#/messages`), listed in the bar in this order, and its
 * code comes when it is first opened.
 */
import Inbox from "lucide-static/icons/inbox.svg?raw";
import Search from "lucide-static/icons/search.svg?raw";
import Radio from "lucide-static/icons/radio.svg?raw";
import type { ComponentType } from "preact";
import type { Office } from "./office.ts";

export type ScreenProps = { office: Office };
export type Screen = {
  /** In the address; also the key of its words, `screen_{name}`. */
  name: string;
  icon: string;
  load: () => Promise<ComponentType<ScreenProps>>;
};

export const SCREENS: readonly Screen[] = [
  {
    name: "visitors",
    icon: Radio,
    load: () => import("./visitors/visitors-screen.tsx").then((module) => module.VisitorsScreen),
  },
  {
    name: "messages",
    icon: Inbox,
    load: () => import("./screens/follow-ups.tsx").then((module) => module.FollowUps),
  },
  {
    name: "search",
    icon: Search,
    load: () => import("./screens/search-screen.tsx").then((module) => module.SearchScreen),
  },
];
