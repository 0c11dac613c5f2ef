-- A phase is read as one stretch of days.
CREATE TABLE `campaign_sums` (
	`site` text NOT NULL,
	`campaign_id` text NOT NULL,
	`phase` integer NOT NULL,
	`day` text NOT NULL,
	`body` text NOT NULL,
	PRIMARY KEY(`site`, `campaign_id`, `phase`, `day`)
) WITHOUT ROWID;
