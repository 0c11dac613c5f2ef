/** What a room is opened with, where a test asks for nothing in particular. */
export const OPENING = {
  site: "s",
  conversation: "cnv_1",
  visitor: "v",
  userId: null,
  verified: false,
  name: null,
  decisionId: null,
  skill: null,
  priority: 0,
  locale: null,
  page: null,
  place: null,
  idleMinutes: 15,
};
