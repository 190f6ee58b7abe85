-- What people write down about a conversation for one another. Never sent.
CREATE TABLE conversation_notes (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    conversation_id BLOB NOT NULL,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
) STRICT;
CREATE INDEX conversation_notes_conversation_id ON conversation_notes (workspace_id, conversation_id, created_at);

-- last_received_at: when the newest message of the person was stored. What was stored after the
-- conversation was read is unread, also what came late. It never moves backwards.
ALTER TABLE conversations ADD COLUMN last_received_at TEXT;
CREATE INDEX conversations_unread ON conversations (workspace_id, last_message_at, id)
    WHERE last_received_at IS NOT NULL AND (read_at IS NULL OR read_at < last_received_at);
CREATE INDEX messages_received ON messages (workspace_id, conversation_id, created_at) WHERE direction = 'inbound';

-- Search in messages by words and their beginnings. The table holds no text, only which words a
-- message has. A key of its own for each message, since VACUUM may number the rows of messages
-- anew. (On PostgreSQL words are hashed with the workspace: see docs/sql.md.)
CREATE TABLE _message_keys (
    key INTEGER PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    message_id BLOB NOT NULL,
    UNIQUE (workspace_id, message_id)
) STRICT;
CREATE VIRTUAL TABLE _message_search USING fts5 (
    body, content = '', columnsize = 0, detail = none, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO _message_keys (workspace_id, message_id)
    SELECT workspace_id, id FROM messages WHERE body <> '' ORDER BY occurred_at;
INSERT INTO _message_search (rowid, body)
    SELECT k.key, m.body FROM _message_keys k
    JOIN messages m ON m.workspace_id = k.workspace_id AND m.id = k.message_id ORDER BY k.key;
CREATE TRIGGER messages_search_added AFTER INSERT ON messages WHEN NEW.body <> '' BEGIN
    INSERT INTO _message_keys (workspace_id, message_id) VALUES (NEW.workspace_id, NEW.id);
    INSERT INTO _message_search (rowid, body) VALUES (last_insert_rowid(), NEW.body);
END;
CREATE TRIGGER messages_search_changed AFTER UPDATE OF body ON messages WHEN NEW.body <> OLD.body BEGIN
    INSERT INTO _message_search (_message_search, rowid, body)
        SELECT 'delete', key, OLD.body FROM _message_keys
        WHERE workspace_id = OLD.workspace_id AND message_id = OLD.id;
    INSERT OR IGNORE INTO _message_keys (workspace_id, message_id) VALUES (NEW.workspace_id, NEW.id);
    INSERT INTO _message_search (rowid, body)
        SELECT key, NEW.body FROM _message_keys
        WHERE workspace_id = NEW.workspace_id AND message_id = NEW.id;
END;
CREATE TRIGGER messages_search_removed AFTER DELETE ON messages BEGIN
    INSERT INTO _message_search (_message_search, rowid, body)
        SELECT 'delete', key, OLD.body FROM _message_keys
        WHERE workspace_id = OLD.workspace_id AND message_id = OLD.id;
    DELETE FROM _message_keys WHERE workspace_id = OLD.workspace_id AND message_id = OLD.id;
END;
