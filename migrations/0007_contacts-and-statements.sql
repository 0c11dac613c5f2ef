CREATE TABLE `contacts` (
	`site` text NOT NULL,
	`id` text NOT NULL,
	`revision` integer NOT NULL,
	`visitor_id` text NOT NULL,
	`at` integer NOT NULL,
	`channel` text NOT NULL,
	PRIMARY KEY(`site`, `id`)
);
--> statement-breakpoint
CREATE INDEX `contacts_visitor` ON `contacts` (`site`,`visitor_id`);--> statement-breakpoint
CREATE TABLE `statement_evidence` (
	`site` text NOT NULL,
	`agreement_id` text NOT NULL,
	`month` text NOT NULL,
	`revision` integer NOT NULL,
	`chunk` integer NOT NULL,
	`body` blob NOT NULL,
	PRIMARY KEY(`site`, `agreement_id`, `month`, `revision`, `chunk`)
);
--> statement-breakpoint
CREATE TABLE `statements` (
	`site` text NOT NULL,
	`agreement_id` text NOT NULL,
	`month` text NOT NULL,
	`revision` integer NOT NULL,
	`body` text NOT NULL,
	`digest` text NOT NULL,
	`issued_at` integer NOT NULL,
	`issued_by` text NOT NULL,
	PRIMARY KEY(`site`, `agreement_id`, `month`, `revision`)
);
