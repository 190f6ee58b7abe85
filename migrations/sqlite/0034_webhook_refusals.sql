-- The last call at each address that was not taken: what it said is not kept, for nobody knows whose it is.
-- path: the address without its host. reason: unsigned, bad_signature, stale or unreadable.
CREATE TABLE webhook_refusals (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    path TEXT NOT NULL,
    reason TEXT NOT NULL,
    refused_at TEXT NOT NULL,
    PRIMARY KEY (workspace_id, path)
) STRICT;
