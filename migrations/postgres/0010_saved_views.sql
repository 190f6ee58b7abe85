-- Views of a screen with figures, kept under a name for everybody in the workspace: period,
-- comparison, way of crediting, columns, order, filters.
CREATE TABLE saved_views (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    screen TEXT NOT NULL,
    name TEXT NOT NULL,
    state JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, screen, name)
);

-- A row is seen and written only from its own workspace, by the owner of the table too.
ALTER TABLE saved_views ENABLE ROW LEVEL SECURITY;
ALTER TABLE saved_views FORCE ROW LEVEL SECURITY;
CREATE POLICY saved_views_workspace ON saved_views
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
