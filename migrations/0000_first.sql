CREATE TABLE `account` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`provider_id` text NOT NULL,
	`user_id` text NOT NULL,
	`access_token` text,
	`refresh_token` text,
	`id_token` text,
	`access_token_expires_at` integer,
	`refresh_token_expires_at` integer,
	`scope` text,
	`password` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `account_user` ON `account` (`user_id`);--> statement-breakpoint
CREATE TABLE `agent_states` (
	`site` text NOT NULL,
	`id` text NOT NULL,
	`revision` integer NOT NULL,
	`agent_id` text NOT NULL,
	`state` text NOT NULL,
	`capacity` integer NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	PRIMARY KEY(`site`, `id`)
);
--> statement-breakpoint
CREATE INDEX `agent_states_started` ON `agent_states` (`site`,`started_at`);--> statement-breakpoint
CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`site` text NOT NULL,
	`name` text NOT NULL,
	`hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`revoked_at` integer,
	FOREIGN KEY (`site`) REFERENCES `sites`(`key`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_hash_unique` ON `api_keys` (`hash`);--> statement-breakpoint
CREATE INDEX `api_keys_site` ON `api_keys` (`site`);--> statement-breakpoint
CREATE TABLE `audit` (
	`id` text PRIMARY KEY NOT NULL,
	`site` text NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`target` text,
	`detail` text,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_site` ON `audit` (`site`,`id`);--> statement-breakpoint
CREATE TABLE `campaign_phases` (
	`site` text NOT NULL,
	`campaign_id` text NOT NULL,
	`phase` integer NOT NULL,
	`body` text NOT NULL,
	`started_at` integer NOT NULL,
	PRIMARY KEY(`site`, `campaign_id`, `phase`)
);
--> statement-breakpoint
CREATE TABLE `campaigns` (
	`id` text PRIMARY KEY NOT NULL,
	`site` text NOT NULL,
	`status` text NOT NULL,
	`name` text NOT NULL,
	`body` text NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`phase` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer,
	FOREIGN KEY (`site`) REFERENCES `sites`(`key`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `campaigns_site` ON `campaigns` (`site`,`id`);--> statement-breakpoint
CREATE TABLE `conversation_logs` (
	`site` text NOT NULL,
	`conversation_id` text NOT NULL,
	`chunk` integer NOT NULL,
	`revision` integer NOT NULL,
	`from_seq` integer NOT NULL,
	`to_seq` integer NOT NULL,
	`body` blob NOT NULL,
	PRIMARY KEY(`site`, `conversation_id`, `chunk`)
);
--> statement-breakpoint
CREATE TABLE `conversations` (
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
	PRIMARY KEY(`site`, `id`)
);
--> statement-breakpoint
CREATE INDEX `conversations_created` ON `conversations` (`site`,`created_at`);--> statement-breakpoint
CREATE INDEX `conversations_visitor` ON `conversations` (`site`,`visitor_id`);--> statement-breakpoint
CREATE INDEX `conversations_decision` ON `conversations` (`site`,`decision_id`);--> statement-breakpoint
CREATE TABLE `dead_letters` (
	`id` text PRIMARY KEY NOT NULL,
	`site` text,
	`received_at` integer NOT NULL,
	`body` text NOT NULL,
	`error` text NOT NULL,
	`replayed_at` integer
);
--> statement-breakpoint
CREATE INDEX `dead_letters_open` ON `dead_letters` (`received_at`) WHERE replayed_at is null;--> statement-breakpoint
CREATE TABLE `exempt_counts` (
	`site` text NOT NULL,
	`id` text NOT NULL,
	`revision` integer NOT NULL,
	`hour` integer NOT NULL,
	`page_views` integer NOT NULL,
	PRIMARY KEY(`site`, `id`)
);
--> statement-breakpoint
CREATE INDEX `exempt_counts_hour` ON `exempt_counts` (`site`,`hour`);--> statement-breakpoint
CREATE TABLE `exposures` (
	`site` text NOT NULL,
	`id` text NOT NULL,
	`revision` integer NOT NULL,
	`visitor_id` text NOT NULL,
	`session_id` text NOT NULL,
	`campaign_id` text NOT NULL,
	`phase` integer NOT NULL,
	`variant` text NOT NULL,
	`kind` text NOT NULL,
	`arm` text NOT NULL,
	`probability` real NOT NULL,
	`eligible_at` integer NOT NULL,
	`shown_at` integer,
	`opened_at` integer,
	`declined_at` integer,
	`ignored_at` integer,
	`clicked_at` integer,
	PRIMARY KEY(`site`, `id`)
);
--> statement-breakpoint
CREATE INDEX `exposures_eligible` ON `exposures` (`site`,`eligible_at`);--> statement-breakpoint
CREATE INDEX `exposures_campaign` ON `exposures` (`site`,`campaign_id`,`phase`);--> statement-breakpoint
CREATE INDEX `exposures_visitor` ON `exposures` (`site`,`visitor_id`);--> statement-breakpoint
CREATE TABLE `identities` (
	`site` text NOT NULL,
	`user_id` text NOT NULL,
	`visitor_id` text NOT NULL,
	`revision` integer NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`site`, `user_id`, `visitor_id`)
);
--> statement-breakpoint
CREATE INDEX `identities_visitor` ON `identities` (`site`,`visitor_id`);--> statement-breakpoint
CREATE TABLE `installation` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `leads` (
	`site` text NOT NULL,
	`id` text NOT NULL,
	`revision` integer NOT NULL,
	`visitor_id` text NOT NULL,
	`session_id` text,
	`at` integer NOT NULL,
	`value` real,
	`currency` text,
	PRIMARY KEY(`site`, `id`)
);
--> statement-breakpoint
CREATE INDEX `leads_at` ON `leads` (`site`,`at`);--> statement-breakpoint
CREATE TABLE `left_messages` (
	`site` text NOT NULL,
	`id` text NOT NULL,
	`revision` integer NOT NULL,
	`visitor_id` text NOT NULL,
	`at` integer NOT NULL,
	`email` text NOT NULL,
	`name` text,
	`body` text NOT NULL,
	`page` text,
	PRIMARY KEY(`site`, `id`)
);
--> statement-breakpoint
CREATE INDEX `left_messages_at` ON `left_messages` (`site`,`at`);--> statement-breakpoint
CREATE TABLE `members` (
	`id` text PRIMARY KEY NOT NULL,
	`site` text NOT NULL,
	`user_id` text NOT NULL,
	`role` text NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`site`) REFERENCES `sites`(`key`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `members_site_user` ON `members` (`site`,`user_id`);--> statement-breakpoint
CREATE INDEX `members_user` ON `members` (`user_id`);--> statement-breakpoint
CREATE TABLE `orders` (
	`site` text NOT NULL,
	`order_id` text NOT NULL,
	`revision` integer NOT NULL,
	`visitor_id` text NOT NULL,
	`user_id` text,
	`session_id` text,
	`at` integer NOT NULL,
	`received_at` integer NOT NULL,
	`total` real NOT NULL,
	`currency` text NOT NULL,
	`status` text NOT NULL,
	`items` integer NOT NULL,
	`covered` integer NOT NULL,
	PRIMARY KEY(`site`, `order_id`)
);
--> statement-breakpoint
CREATE INDEX `orders_at` ON `orders` (`site`,`at`);--> statement-breakpoint
CREATE INDEX `orders_visitor` ON `orders` (`site`,`visitor_id`);--> statement-breakpoint
CREATE TABLE `refunds` (
	`site` text NOT NULL,
	`id` text NOT NULL,
	`revision` integer NOT NULL,
	`order_id` text NOT NULL,
	`visitor_id` text NOT NULL,
	`at` integer NOT NULL,
	`amount` real,
	`status` text NOT NULL,
	PRIMARY KEY(`site`, `id`)
);
--> statement-breakpoint
CREATE INDEX `refunds_order` ON `refunds` (`site`,`order_id`);--> statement-breakpoint
CREATE TABLE `resources` (
	`id` text PRIMARY KEY NOT NULL,
	`site` text NOT NULL,
	`noun` text NOT NULL,
	`body` text NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`site`) REFERENCES `sites`(`key`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `resources_site` ON `resources` (`site`,`noun`,`id`);--> statement-breakpoint
CREATE TABLE `session` (
	`id` text PRIMARY KEY NOT NULL,
	`expires_at` integer NOT NULL,
	`token` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`ip_address` text,
	`user_agent` text,
	`user_id` text NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `session_token_unique` ON `session` (`token`);--> statement-breakpoint
CREATE INDEX `session_user` ON `session` (`user_id`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`site` text NOT NULL,
	`id` text NOT NULL,
	`revision` integer NOT NULL,
	`visitor_id` text NOT NULL,
	`user_id` text,
	`started_at` integer NOT NULL,
	`last_at` integer NOT NULL,
	`ended_at` integer,
	`pages` integer NOT NULL,
	`events` integer NOT NULL,
	`seconds` real NOT NULL,
	`entry_path` text,
	`referrer` text,
	`channel` text,
	`utm` text NOT NULL,
	`device_type` text,
	`browser` text,
	`os` text,
	`language` text,
	`country` text,
	`region` text,
	`city` text,
	`cart_value` real NOT NULL,
	`cart_items` integer NOT NULL,
	`global_holdout` integer NOT NULL,
	`covered` integer NOT NULL,
	`eligible` integer NOT NULL,
	PRIMARY KEY(`site`, `id`)
);
--> statement-breakpoint
CREATE INDEX `sessions_started` ON `sessions` (`site`,`started_at`);--> statement-breakpoint
CREATE INDEX `sessions_visitor` ON `sessions` (`site`,`visitor_id`);--> statement-breakpoint
CREATE TABLE `sites` (
	`key` text PRIMARY KEY NOT NULL,
	`settings` text NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`config_version` integer DEFAULT 1 NOT NULL,
	`published_version` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `surveys` (
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
);
--> statement-breakpoint
CREATE INDEX `surveys_at` ON `surveys` (`site`,`at`);--> statement-breakpoint
CREATE TABLE `user` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`email_verified` integer DEFAULT false NOT NULL,
	`image` text,
	`installation_admin` integer DEFAULT false NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `user_email_unique` ON `user` (`email`);--> statement-breakpoint
CREATE TABLE `verification` (
	`id` text PRIMARY KEY NOT NULL,
	`identifier` text NOT NULL,
	`value` text NOT NULL,
	`expires_at` integer NOT NULL,
	`created_at` integer,
	`updated_at` integer
);
