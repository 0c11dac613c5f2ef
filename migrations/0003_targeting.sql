CREATE TABLE `bandit_periods` (
	`site` text NOT NULL,
	`campaign_id` text NOT NULL,
	`phase` integer NOT NULL,
	`period` integer NOT NULL,
	`arms` text NOT NULL,
	`weights` text NOT NULL,
	`started_at` integer NOT NULL,
	PRIMARY KEY(`site`, `campaign_id`, `phase`, `period`)
);
--> statement-breakpoint
ALTER TABLE `sessions` ADD `segments` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `outcomes` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `replay` blob;