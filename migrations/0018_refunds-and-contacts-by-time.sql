CREATE INDEX `contacts_at` ON `contacts` (`site`,`at`);--> statement-breakpoint
CREATE INDEX `refunds_at` ON `refunds` (`site`,`at`);