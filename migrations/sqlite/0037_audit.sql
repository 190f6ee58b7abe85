-- Who did what. An entry is never changed, and goes only with its workspace; each carries the hash of the
-- one before. object: what it was done to, by kind and id. before, after: JSON, as it was hashed.
CREATE TABLE audit_entries (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    seq INTEGER NOT NULL,
    id BLOB NOT NULL,
    occurred_at TEXT NOT NULL,
    actor BLOB REFERENCES users (id),
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    before TEXT,
    after TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (workspace_id, seq)
) STRICT;
CREATE INDEX audit_entries_object ON audit_entries (workspace_id, object_kind, object_id, seq);
CREATE INDEX audit_entries_actor ON audit_entries (workspace_id, actor, seq);

-- The last entry of each workspace: whoever writes the next one moves it on.
CREATE TABLE audit_heads (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (workspace_id)
) STRICT;

CREATE TRIGGER audit_entries_stay AFTER UPDATE ON audit_entries
BEGIN
    SELECT RAISE(ABORT, 'an entry of the audit is never changed');
END;
-- A workspace that is being deleted has no members any more.
CREATE TRIGGER audit_entries_go_with_the_workspace AFTER DELETE ON audit_entries
WHEN EXISTS (SELECT 1 FROM memberships WHERE workspace_id = OLD.workspace_id)
BEGIN
    SELECT RAISE(ABORT, 'an entry of the audit goes only with its workspace');
END;
