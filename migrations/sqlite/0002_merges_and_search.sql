-- Stages that can be removed, merged contacts, and search in contacts.

-- A removed stage stays: the history of opportunities names it.
ALTER TABLE pipeline_stages ADD COLUMN removed_at TEXT;

-- Which contact was merged into which, with what it takes to undo it. The merged contact is gone
-- and the kept one may be merged too, so neither is a reference.
CREATE TABLE contact_merges (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    kept_id BLOB NOT NULL,
    kept_name TEXT NOT NULL,
    other_id BLOB NOT NULL,
    other_name TEXT NOT NULL,
    record TEXT NOT NULL,
    merged_at TEXT NOT NULL,
    merged_by BLOB REFERENCES users (id),
    undone_at TEXT,
    undone_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX contact_merges_kept_id ON contact_merges (workspace_id, kept_id);
CREATE INDEX contact_merges_other_id ON contact_merges (workspace_id, other_id);
CREATE INDEX contact_merges_merged_at ON contact_merges (workspace_id, merged_at);

-- One click belongs to one person.
CREATE INDEX touchpoints_click_id ON touchpoints (workspace_id, click_id) WHERE click_id IS NOT NULL;

-- The list of contacts, changed last first, also where a whole import has one time.
DROP INDEX contacts_updated_at;
CREATE INDEX contacts_updated_at_id ON contacts (workspace_id, updated_at, id);

-- Search in contacts by any three letters, and by the first one or two of a word: every word
-- stands behind two spaces, so that "  a" and " an" are three letters too. The table holds no
-- text, only which three letters a contact has; what it finds is compared with the text again.
-- A key of its own for each contact, since VACUUM may number the rows of contacts anew.
-- (On PostgreSQL the three letters are hashed with the workspace: see docs/sql.md.)
CREATE TABLE _contact_keys (
    key INTEGER PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    contact_id BLOB NOT NULL,
    UNIQUE (workspace_id, contact_id)
) STRICT;
CREATE VIRTUAL TABLE _contact_search USING fts5 (
    search, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1'
);
INSERT INTO _contact_keys (workspace_id, contact_id) SELECT workspace_id, id FROM contacts;
INSERT INTO _contact_search (rowid, search)
    SELECT k.key, '  ' || replace(c.search, ' ', '  ') FROM _contact_keys k
    JOIN contacts c ON c.workspace_id = k.workspace_id AND c.id = k.contact_id ORDER BY k.key;
CREATE TRIGGER contacts_search_added AFTER INSERT ON contacts BEGIN
    INSERT INTO _contact_keys (workspace_id, contact_id) VALUES (NEW.workspace_id, NEW.id);
    INSERT INTO _contact_search (rowid, search)
        VALUES (last_insert_rowid(), '  ' || replace(NEW.search, ' ', '  '));
END;
CREATE TRIGGER contacts_search_changed AFTER UPDATE OF search ON contacts
WHEN NEW.search <> OLD.search BEGIN
    INSERT INTO _contact_search (_contact_search, rowid, search)
        SELECT 'delete', key, '  ' || replace(OLD.search, ' ', '  ') FROM _contact_keys
        WHERE workspace_id = OLD.workspace_id AND contact_id = OLD.id;
    INSERT INTO _contact_search (rowid, search)
        SELECT key, '  ' || replace(NEW.search, ' ', '  ') FROM _contact_keys
        WHERE workspace_id = NEW.workspace_id AND contact_id = NEW.id;
END;
CREATE TRIGGER contacts_search_removed AFTER DELETE ON contacts BEGIN
    INSERT INTO _contact_search (_contact_search, rowid, search)
        SELECT 'delete', key, '  ' || replace(OLD.search, ' ', '  ') FROM _contact_keys
        WHERE workspace_id = OLD.workspace_id AND contact_id = OLD.id;
    DELETE FROM _contact_keys WHERE workspace_id = OLD.workspace_id AND contact_id = OLD.id;
END;
