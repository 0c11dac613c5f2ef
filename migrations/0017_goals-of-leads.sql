-- A phase is read by its goal as it was when it began, whatever becomes of the goal; a lead says which goals it reached.
ALTER TABLE `campaign_phases` ADD `goal` text;--> statement-breakpoint
ALTER TABLE `leads` ADD `goals` text;--> statement-breakpoint
UPDATE `campaign_phases` SET `goal` = (SELECT r.`body` FROM `resources` r
  WHERE r.`site` = `campaign_phases`.`site` AND r.`noun` = 'goals'
    AND r.`body` ->> 'key' = `campaign_phases`.`body` ->> 'goal');--> statement-breakpoint
-- Leads are told by the events of the goals that are published: those that there are are published anew.
UPDATE `sites` SET `config_version` = `config_version` + 1
  WHERE EXISTS (SELECT 1 FROM `resources` r
    WHERE r.`site` = `sites`.`key` AND r.`noun` = 'goals' AND r.`body` ->> 'kind' = 'lead');
