CREATE TABLE `overdue_outboxes` (
	`owner` text PRIMARY KEY NOT NULL,
	`since` integer NOT NULL
);
