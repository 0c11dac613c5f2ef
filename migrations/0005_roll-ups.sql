-- Counted figures lie in the order of their key: what a screen asks for is one stretch of rows.
CREATE TABLE `kpi_rollups` (
	`site` text NOT NULL,
	`dimension` text NOT NULL,
	`level` text NOT NULL,
	`start` integer NOT NULL,
	`body` text NOT NULL,
	PRIMARY KEY(`site`, `dimension`, `level`, `start`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `rollup_marks` (
	`site` text NOT NULL,
	`subject` text NOT NULL,
	`dirty` integer NOT NULL,
	`claimed` integer DEFAULT 0 NOT NULL,
	`built` integer DEFAULT 0 NOT NULL,
	`definition` text,
	`built_at` integer,
	`changes_at` integer,
	PRIMARY KEY(`site`, `subject`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `agent_states_open` ON `agent_states` (`site`) WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX `leads_visitor` ON `leads` (`site`,`visitor_id`);