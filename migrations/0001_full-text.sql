-- The text of each closed conversation, found without accents or capitals. One row a conversation, rewritten whole.
CREATE TABLE conversation_texts (
  rowid INTEGER PRIMARY KEY,
  site TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (site, conversation_id)
);
--> statement-breakpoint
CREATE VIRTUAL TABLE conversation_search USING fts5(
  body, content = 'conversation_texts', content_rowid = 'rowid', tokenize = "unicode61 remove_diacritics 2"
);
--> statement-breakpoint
CREATE TRIGGER conversation_texts_insert AFTER INSERT ON conversation_texts BEGIN
  INSERT INTO conversation_search (rowid, body) VALUES (new.rowid, new.body);
END;
--> statement-breakpoint
CREATE TRIGGER conversation_texts_delete AFTER DELETE ON conversation_texts BEGIN
  INSERT INTO conversation_search (conversation_search, rowid, body) VALUES ('delete', old.rowid, old.body);
END;
--> statement-breakpoint
CREATE TRIGGER conversation_texts_update AFTER UPDATE ON conversation_texts BEGIN
  INSERT INTO conversation_search (conversation_search, rowid, body) VALUES ('delete', old.rowid, old.body);
  INSERT INTO conversation_search (rowid, body) VALUES (new.rowid, new.body);
END;
