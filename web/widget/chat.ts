/** The chat's own code, loaded when somebody chats: an invitation that is declined never pays for it. */
export { conversationOf } from "./conversation.ts";
export { default as style } from "./panel.css?inline";
export { Panel } from "./panel.tsx";
export { Transcript } from "./transcript.tsx";
