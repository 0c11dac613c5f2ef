-- Conversations and their surveys lie in the order of their key, as visits do: one row written instead of a row and an
-- index entry. By decision only those are found that came of one.
CREATE TABLE `conversations_in_order` (
	`site` text NOT NULL,
	`id` text NOT NULL,
	`revision` integer NOT NULL,
	`visitor_id` text NOT NULL,
	`user_id` text,
	`decision_id` text,
	`skill` text,
	`locale` text,
	`page` text,
	`status` text NOT NULL,
	`agent_id` text,
	`created_at` integer NOT NULL,
	`queued_at` integer,
	`assigned_at` integer,
	`first_visitor_message_at` integer,
	`first_agent_message_at` integer,
	`last_message_at` integer,
	`closed_at` integer,
	`close_reason` text,
	`outcome` text,
	`visitor_messages` integer NOT NULL,
	`agent_messages` integer NOT NULL,
	`codes` text,
	`wrap_up_note` text,
	`transfers` integer,
	PRIMARY KEY(`site`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `conversations_in_order` SELECT `site`, `id`, `revision`, `visitor_id`, `user_id`, `decision_id`, `skill`, `locale`, `page`, `status`, `agent_id`, `created_at`, `queued_at`, `assigned_at`, `first_visitor_message_at`, `first_agent_message_at`, `last_message_at`, `closed_at`, `close_reason`, `outcome`, `visitor_messages`, `agent_messages`, `codes`, `wrap_up_note`, `transfers` FROM `conversations`;
--> statement-breakpoint
DROP TABLE `conversations`;
--> statement-breakpoint
ALTER TABLE `conversations_in_order` RENAME TO `conversations`;
--> statement-breakpoint
CREATE INDEX `conversations_created` ON `conversations` (`site`,`created_at`);
--> statement-breakpoint
CREATE INDEX `conversations_visitor` ON `conversations` (`site`,`visitor_id`);
--> statement-breakpoint
CREATE INDEX `conversations_decision` ON `conversations` (`site`,`decision_id`) WHERE decision_id is not null;
--> statement-breakpoint
CREATE TABLE `surveys_in_order` (
	`site` text NOT NULL,
	`conversation_id` text NOT NULL,
	`revision` integer NOT NULL,
	`visitor_id` text NOT NULL,
	`at` integer NOT NULL,
	`welcome` integer,
	`wait` integer,
	`answer` integer,
	`csat` integer,
	`nps` integer,
	`ces` integer,
	`resolved` integer,
	`comment` text,
	PRIMARY KEY(`site`, `conversation_id`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `surveys_in_order` SELECT `site`, `conversation_id`, `revision`, `visitor_id`, `at`, `welcome`, `wait`, `answer`, `csat`, `nps`, `ces`, `resolved`, `comment` FROM `surveys`;
--> statement-breakpoint
DROP TABLE `surveys`;
--> statement-breakpoint
ALTER TABLE `surveys_in_order` RENAME TO `surveys`;
--> statement-breakpoint
CREATE INDEX `surveys_at` ON `surveys` (`site`,`at`);
