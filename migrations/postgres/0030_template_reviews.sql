-- Who asked for a look at a template before it is submitted, and what came of it. A row is about one
-- version: another version needs another look. outcome: NULL while nobody decided; withdrawn when the
-- template was changed before that. Rows are never changed once decided.
CREATE TABLE template_reviews (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    template_id UUID NOT NULL,
    version BIGINT NOT NULL,
    note TEXT,
    asked_at TIMESTAMPTZ NOT NULL,
    asked_by UUID REFERENCES users (id),
    outcome TEXT,
    reason TEXT,
    decided_at TIMESTAMPTZ,
    decided_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, template_id) REFERENCES templates (workspace_id, id),
    CHECK (outcome IN ('approved', 'declined', 'withdrawn'))
);
CREATE INDEX template_reviews_template_id ON template_reviews (workspace_id, template_id, asked_at);
ALTER TABLE template_reviews ENABLE ROW LEVEL SECURITY;
ALTER TABLE template_reviews FORCE ROW LEVEL SECURITY;
CREATE POLICY template_reviews_workspace ON template_reviews
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
