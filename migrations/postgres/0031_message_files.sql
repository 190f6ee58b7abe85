-- Files that came with messages: whether they were fetched from the provider, and where they lie.
-- state: waiting until it is fetched; here; failed when it was tried often enough; gone when the provider
-- keeps it no more; refused when it is of a kind or a size that is not kept. reason: a word, or the
-- provider's. path: below the folder of files; size, type and hash are those of what was fetched.
CREATE TABLE message_files (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    message_id UUID NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    attempts BIGINT NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    path TEXT,
    mime_type TEXT,
    bytes BIGINT,
    sha256 TEXT,
    fetched_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, message_id) REFERENCES messages (workspace_id, id),
    CHECK (state IN ('waiting', 'here', 'failed', 'gone', 'refused'))
);
CREATE UNIQUE INDEX message_files_message_id ON message_files (workspace_id, message_id);
CREATE INDEX message_files_due ON message_files (workspace_id, due_at) WHERE state = 'waiting';
ALTER TABLE message_files ENABLE ROW LEVEL SECURITY;
ALTER TABLE message_files FORCE ROW LEVEL SECURITY;
CREATE POLICY message_files_workspace ON message_files
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
