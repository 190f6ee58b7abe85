-- Who asked for a look at a template before it is submitted, and what came of it. A row is about one
-- version: another version needs another look. outcome: NULL while nobody decided; withdrawn when the
-- template was changed before that. Rows are never changed once decided.
CREATE TABLE template_reviews (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    template_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    note TEXT,
    asked_at TEXT NOT NULL,
    asked_by BLOB REFERENCES users (id),
    outcome TEXT,
    reason TEXT,
    decided_at TEXT,
    decided_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, template_id) REFERENCES templates (workspace_id, id),
    CHECK (outcome IN ('approved', 'declined', 'withdrawn'))
) STRICT;
CREATE INDEX template_reviews_template_id ON template_reviews (workspace_id, template_id, asked_at);
