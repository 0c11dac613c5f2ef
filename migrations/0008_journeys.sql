-- A kind of what is counted of the site's ways is read as one stretch of days.
CREATE TABLE `journey_days` (
	`site` text NOT NULL,
	`kind` text NOT NULL,
	`day` text NOT NULL,
	`body` text NOT NULL,
	`built` integer NOT NULL,
	`built_at` integer NOT NULL,
	`definition` text NOT NULL,
	PRIMARY KEY(`site`, `kind`, `day`)
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `sessions` ADD `funnels` text;--> statement-breakpoint
ALTER TABLE `sessions` ADD `path` text;--> statement-breakpoint
ALTER TABLE `sessions` ADD `not_found` text;
