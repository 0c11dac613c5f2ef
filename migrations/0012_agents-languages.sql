-- What an agent is given by the desk: languages, and how many conversations at once.
ALTER TABLE `members` ADD `languages` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `members` ADD `capacity` integer;
