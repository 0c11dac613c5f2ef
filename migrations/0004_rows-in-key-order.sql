-- What history writes most often lies in the order of its key: such a row is one row written, and not another one in
-- an index of its own. Written by hand, since the schema has no word for it.
CREATE TABLE `sessions_in_order` (
	`site` text NOT NULL,
	`id` text NOT NULL,
	`revision` integer NOT NULL,
	`visitor_id` text NOT NULL,
	`user_id` text,
	`started_at` integer NOT NULL,
	`last_at` integer NOT NULL,
	`ended_at` integer,
	`pages` integer NOT NULL,
	`events` integer NOT NULL,
	`seconds` real NOT NULL,
	`entry_path` text,
	`referrer` text,
	`channel` text,
	`utm` text NOT NULL,
	`device_type` text,
	`browser` text,
	`os` text,
	`language` text,
	`country` text,
	`region` text,
	`city` text,
	`cart_value` real NOT NULL,
	`cart_items` integer NOT NULL,
	`global_holdout` integer NOT NULL,
	`covered` integer NOT NULL,
	`eligible` integer NOT NULL,
	`segments` text DEFAULT '[]' NOT NULL,
	`outcomes` text DEFAULT '{}' NOT NULL,
	`replay` blob,
	PRIMARY KEY(`site`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `sessions_in_order` SELECT * FROM `sessions`;
--> statement-breakpoint
DROP TABLE `sessions`;
--> statement-breakpoint
ALTER TABLE `sessions_in_order` RENAME TO `sessions`;
--> statement-breakpoint
CREATE INDEX `sessions_started` ON `sessions` (`site`,`started_at`);
--> statement-breakpoint
CREATE INDEX `sessions_visitor` ON `sessions` (`site`,`visitor_id`);
--> statement-breakpoint
CREATE TABLE `exposures_in_order` (
	`site` text NOT NULL,
	`id` text NOT NULL,
	`revision` integer NOT NULL,
	`visitor_id` text NOT NULL,
	`session_id` text NOT NULL,
	`campaign_id` text NOT NULL,
	`phase` integer NOT NULL,
	`variant` text NOT NULL,
	`kind` text NOT NULL,
	`arm` text NOT NULL,
	`probability` real NOT NULL,
	`eligible_at` integer NOT NULL,
	`shown_at` integer,
	`opened_at` integer,
	`declined_at` integer,
	`ignored_at` integer,
	`clicked_at` integer,
	PRIMARY KEY(`site`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `exposures_in_order` SELECT * FROM `exposures`;
--> statement-breakpoint
DROP TABLE `exposures`;
--> statement-breakpoint
ALTER TABLE `exposures_in_order` RENAME TO `exposures`;
--> statement-breakpoint
CREATE INDEX `exposures_eligible` ON `exposures` (`site`,`eligible_at`);
--> statement-breakpoint
CREATE INDEX `exposures_campaign` ON `exposures` (`site`,`campaign_id`,`phase`);
--> statement-breakpoint
CREATE INDEX `exposures_visitor` ON `exposures` (`site`,`visitor_id`);
