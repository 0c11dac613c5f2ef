ALTER TABLE `conversations` ADD `left_at` integer;--> statement-breakpoint
ALTER TABLE `conversations` ADD `answered_by` text;