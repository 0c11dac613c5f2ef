-- A slot, a visitor and an address are counted by the statement that books, each along an index of its own.
CREATE TABLE `callbacks` (
	`site` text NOT NULL,
	`id` text NOT NULL,
	`visitor_id` text NOT NULL,
	`address` text,
	`created_at` integer NOT NULL,
	`slot_at` integer NOT NULL,
	`slot_ends_at` integer NOT NULL,
	`phone` text NOT NULL,
	`name` text,
	`topic` text,
	`locale` text NOT NULL,
	`page` text,
	`status` text NOT NULL,
	`agent_id` text,
	`claimed_at` integer,
	`outcome` text,
	`note` text,
	`concluded_at` integer,
	`mailed_at` integer,
	PRIMARY KEY(`site`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `callbacks_slot` ON `callbacks` (`site`,`slot_at`,`id`);--> statement-breakpoint
CREATE INDEX `callbacks_created` ON `callbacks` (`site`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `callbacks_visitor` ON `callbacks` (`site`,`visitor_id`);--> statement-breakpoint
CREATE INDEX `callbacks_address` ON `callbacks` (`site`,`address`,`created_at`) WHERE address is not null;--> statement-breakpoint
CREATE INDEX `callbacks_unmailed` ON `callbacks` (`created_at`) WHERE mailed_at is null;--> statement-breakpoint
ALTER TABLE `left_messages` ADD `outcome` text;--> statement-breakpoint
ALTER TABLE `left_messages` ADD `concluded_at` integer;--> statement-breakpoint
ALTER TABLE `left_messages` ADD `concluded_by` text;--> statement-breakpoint
ALTER TABLE `left_messages` ADD `mailed_at` integer;--> statement-breakpoint
-- Messages from before this stand in the list already; no letter is owed for them.
UPDATE `left_messages` SET `mailed_at` = 0;--> statement-breakpoint
CREATE INDEX `left_messages_unmailed` ON `left_messages` (`at`) WHERE mailed_at is null;
