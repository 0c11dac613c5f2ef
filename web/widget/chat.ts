/** The chat's own code, loaded when somebody chats: an invitation that is declined never pays for it. */
export { Conversation } from "./conversation.ts";
export { Panel } from "./panel.tsx";
