-- Views of a screen with figures, kept under a name for everybody in the workspace: period,
-- comparison, way of crediting, columns, order, filters.
CREATE TABLE saved_views (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    screen TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, screen, name)
) STRICT;
