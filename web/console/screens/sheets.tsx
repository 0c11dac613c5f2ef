/** The sheets over the console: one at a time, for the conversation on screen or for none. */
import type { VNode } from "preact";
import type { DeskConversation } from "../../../domain/desk/wire.ts";
import type { Room } from "../live/room.ts";
import type { Office } from "../office.ts";
import { CardSheet } from "./card-sheet.tsx";
import { CloseSheet } from "./close-sheet.tsx";
import { ConcludeSheet } from "./conclude-sheet.tsx";
import { ConsultSheet, TransferSheet } from "./colleague-sheets.tsx";
import { HelpSheet } from "./help-sheet.tsx";
import { OwnVisitsSheet } from "./own-visits-sheet.tsx";

export type Sheet = "help" | "own-visits" | "transfer" | "consult" | "conclude" | "close" | "card";
export type SheetProps = { office: Office; item: DeskConversation; room: Room; onClose: () => void };

export type SheetsProps = {
  office: Office;
  item: DeskConversation | null;
  room: Room | undefined;
  shown: Sheet | null;
  onClose: () => void;
};

export function Sheets({ office, item, room, shown, onClose }: SheetsProps): VNode | null {
  if (shown === "help") return <HelpSheet onClose={onClose} />;
  if (shown === "own-visits") return <OwnVisitsSheet office={office} onClose={onClose} />;
  if (shown === null || item === null || room === undefined) return null;
  const props = { office, item, room, onClose };
  switch (shown) {
    case "transfer":
      return <TransferSheet {...props} />;
    case "consult":
      return <ConsultSheet {...props} />;
    case "conclude":
      return <ConcludeSheet {...props} />;
    case "close":
      return <CloseSheet {...props} />;
    case "card":
      return <CardSheet {...props} />;
  }
}
