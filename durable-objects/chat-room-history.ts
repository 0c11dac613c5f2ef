/** What a room tells history: its conversation as one row, its log in compressed chunks, its survey. */
import { HAND_EVENTS, handsIn, isHandedOn } from "../domain/chat/handovers.ts";
import { searchableText } from "../domain/chat/log.ts";
import { questionsAsked, type RoomState } from "../domain/chat/state.ts";
import type { HistoryRecord, RecordOf } from "../domain/history/records.ts";
import type { StoredChunk } from "./chat-room-row.ts";
import type { ChatRoomStore } from "./chat-room-store.ts";
import { gzipBase64 } from "./gzip.ts";

/** The records that the outbox keys name, as they are now; a key whose record is gone yields nothing. */
export async function recordsFor(
  store: ChatRoomStore,
  room: RoomState,
  keys: readonly string[],
): Promise<HistoryRecord[]> {
  const chunks = new Map(store.chunks().map((chunk) => [`conversation_logs:${logId(room, chunk)}`, chunk]));
  const records: HistoryRecord[] = [];
  for (const key of keys) {
    const chunk = chunks.get(key);
    if (chunk !== undefined) records.push(await logRecord(store, room, chunk));
    else if (key.startsWith("conversations:")) records.push(conversationRecord(store, room));
    else if (key.startsWith("surveys:") && room.survey !== null)
      records.push(surveyRecord(room, room.survey));
  }
  return records;
}

/** The id of a chunk's record. */
export function logId(room: RoomState, chunk: { chunk: number }): string {
  return `${room.conversation}:${chunk.chunk}`;
}

function conversationRecord(store: ChatRoomStore, room: RoomState): RecordOf<"conversations"> {
  const tally = store.tally();
  const { handovers, canned } = handsIn(store.handed(HAND_EVENTS));
  const isClosed = room.status === "closed";
  const asked = questionsAsked(room);
  return {
    table: "conversations",
    id: room.conversation,
    revision: room.revision,
    visitor_id: room.visitor,
    user_id: room.userId,
    decision_id: room.decisionId,
    skill: room.skill,
    locale: room.locale,
    page: room.page,
    status: room.status,
    agent_id: room.agent?.id ?? null,
    created_at: room.createdAt,
    queued_at: room.queuedAt,
    assigned_at: room.assignedAt,
    first_visitor_message_at: room.staff ? null : tally.firstVisitorAt,
    first_agent_message_at: tally.firstAgentAt,
    last_message_at: tally.lastMessageAt,
    closed_at: room.closedAt,
    close_reason: room.closeReason,
    outcome: room.outcome,
    visitor_messages: tally.visitorMessages,
    agent_messages: tally.agentMessages,
    codes: [...room.codes],
    wrap_up_note: room.wrapUpNote,
    ...(room.surveyAsked === null ? {} : { survey_asked: room.surveyAsked }),
    ...(asked === null ? {} : { survey_questions: [...asked] }),
    ...(room.leftAt === null ? {} : { left_at: room.leftAt }),
    ...(tally.firstAgentId === null ? {} : { answered_by: tally.firstAgentId }),
    ...(isClosed ? { transfers: handovers.filter(isHandedOn).length } : {}),
    handovers,
    canned,
    text: isClosed ? searchableText(store.entries(1, store.head().head)) : null,
  };
}

function surveyRecord(room: RoomState, survey: NonNullable<RoomState["survey"]>): RecordOf<"surveys"> {
  return {
    table: "surveys",
    id: room.conversation,
    revision: room.revision,
    visitor_id: room.visitor,
    ...survey,
  };
}

async function logRecord(
  store: ChatRoomStore,
  room: RoomState,
  chunk: StoredChunk,
): Promise<RecordOf<"conversation_logs">> {
  const events = JSON.stringify([...store.entries(chunk.fromSeq, chunk.toSeq)]);
  return {
    table: "conversation_logs",
    id: logId(room, chunk),
    revision: chunk.revision,
    conversation_id: room.conversation,
    chunk: chunk.chunk,
    from_seq: chunk.fromSeq,
    to_seq: chunk.toSeq,
    body: await gzipBase64(events),
  };
}
