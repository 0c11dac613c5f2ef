-- When a campaign stopped: what was saved of it later says nothing about that.
ALTER TABLE `campaigns` ADD `stopped_at` integer;--> statement-breakpoint
UPDATE `campaigns` SET `stopped_at` = `updated_at` WHERE `status` IN ('paused', 'ended');
