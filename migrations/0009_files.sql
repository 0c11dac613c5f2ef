-- Files of conversations; how often a conversation changed hands, and how its agent concluded it.
CREATE TABLE `files` (
	`site` text NOT NULL,
	`conversation_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`type` text NOT NULL,
	`bytes` integer NOT NULL,
	`by_role` text NOT NULL,
	`by_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`sent_at` integer,
	PRIMARY KEY(`site`, `conversation_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `files_unsent` ON `files` (`created_at`) WHERE sent_at is null;--> statement-breakpoint
ALTER TABLE `conversations` ADD `codes` text;--> statement-breakpoint
ALTER TABLE `conversations` ADD `wrap_up_note` text;--> statement-breakpoint
ALTER TABLE `conversations` ADD `transfers` integer;
