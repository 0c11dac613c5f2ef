-- How a conversation changed hands, and the canned answers that were sent in it: part of its row, so that they cost none.
ALTER TABLE `conversations` ADD `handovers` text;--> statement-breakpoint
ALTER TABLE `conversations` ADD `canned` text;
