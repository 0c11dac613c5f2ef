-- What the rows of history were before a write changed them: a day whose figures are behind is brought up to date by what
-- happened since, instead of by all that ever happened on it.
CREATE TABLE `rows_before` (
	`site` text NOT NULL,
	`seq` integer NOT NULL,
	`at` integer NOT NULL,
	`form` text NOT NULL,
	`body` text NOT NULL,
	PRIMARY KEY(`site`, `seq`)
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `rollup_marks` ADD `since` integer;
