-- Who did what. An entry is never changed, and goes only with its workspace; each carries the hash of the
-- one before. object: what it was done to, by kind and id. before, after: JSON, as it was hashed.
CREATE TABLE audit_entries (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    seq BIGINT NOT NULL,
    id UUID NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    actor UUID REFERENCES users (id),
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    before TEXT,
    after TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (workspace_id, seq)
);
CREATE INDEX audit_entries_object ON audit_entries (workspace_id, object_kind, object_id, seq);
CREATE INDEX audit_entries_actor ON audit_entries (workspace_id, actor, seq);
ALTER TABLE audit_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entries FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_entries_workspace ON audit_entries
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);

-- The last entry of each workspace: whoever writes the next one moves it on.
CREATE TABLE audit_heads (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (workspace_id)
);
ALTER TABLE audit_heads ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_heads FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_heads_workspace ON audit_heads
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);

CREATE FUNCTION _audit_entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'an entry of the audit is never changed';
    END IF;
    -- A workspace that is being deleted has no members any more.
    IF EXISTS (SELECT 1 FROM memberships WHERE workspace_id = OLD.workspace_id) THEN
        RAISE EXCEPTION 'an entry of the audit goes only with its workspace';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER audit_entries_stay AFTER UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION _audit_entries_stay();
