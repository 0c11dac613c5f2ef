ALTER TABLE `campaign_phases` ADD `rests` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
UPDATE `campaign_phases` SET `rests` = json_array(json_array(c.stopped_at, NULL)) FROM `campaigns` AS c
WHERE c.site = `campaign_phases`.site AND c.id = `campaign_phases`.campaign_id AND c.phase = `campaign_phases`.phase AND c.stopped_at IS NOT NULL;
